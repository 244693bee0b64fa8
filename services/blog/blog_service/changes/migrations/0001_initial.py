from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Empty: the job ``changes_reconcile`` fills it for the posts that are there."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Numbering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last", models.PositiveBigIntegerField(default=0)),
                ("forgotten", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="PostChange",
            fields=[
                ("post_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("is_public", models.BooleanField()),
                ("version", models.PositiveIntegerField()),
                ("changed_at", models.DateTimeField()),
                ("number", models.PositiveBigIntegerField(null=True, unique=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(("number__isnull", True)), fields=["post_id"], name="post_change_new"),
                    models.Index(condition=Q(("is_public", False)), fields=["changed_at"], name="post_change_gone"),
                ],
            },
        ),
    ]

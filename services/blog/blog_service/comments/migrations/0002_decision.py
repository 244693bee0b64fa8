import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("approved", "Approved"), ("held", "Held"), ("rejected", "Rejected")], max_length=10
                    ),
                ),
                ("decider_id", models.UUIDField(db_index=True)),
                ("as_moderator", models.BooleanField(help_text="else as the author of the post")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="comments.comment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["comment", "id"], name="decision_of_comment")],
            },
        ),
    ]

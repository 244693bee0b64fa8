import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posts", "0005_post_scheduled")]

    operations = [
        migrations.CreateModel(
            name="PostRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("editor_id", models.UUIDField()),
                ("created_at", models.DateTimeField()),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True)),
                ("summary", models.CharField(blank=True, max_length=500)),
                ("tags", models.JSONField(default=list)),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="posts.post",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("post", "number"), name="post_revision_once")],
            },
        ),
    ]

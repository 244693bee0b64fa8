import chassis.django.text
import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authors", "0004_author_followers"),
        ("posts", "0007_post_comments_open"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("body", models.TextField(validators=[chassis.django.text.storable])),
                ("html", models.TextField(editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("visible", "Visible"), ("held", "Held"), ("removed", "Removed")],
                        default="visible",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, help_text="reports before this count no more", null=True),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authors.author",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="comments.comment",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="posts.post"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reporter_id", models.UUIDField()),
                ("reason", models.CharField(max_length=500, validators=[chassis.django.text.readable])),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "comment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="comments.comment",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["post", "created_at", "id"], name="comment_of_post"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["author", "created_at"], name="comment_by_author"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(condition=models.Q(("state", "held")), fields=["created_at"], name="comment_held"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["reporter_id", "created_at"], name="report_by_reporter"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("comment", "reporter_id"), name="report_once"),
        ),
    ]

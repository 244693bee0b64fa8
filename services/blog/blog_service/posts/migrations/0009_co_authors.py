import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authors", "0005_picture_url"),
        ("posts", "0008_previewlink"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="co_authors",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                editable=False,
                help_text="in their order, each `id` and whether they have `accepted`",
            ),
        ),
        migrations.CreateModel(
            name="CoAuthorship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted", models.BooleanField(default=False)),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="co_authorships",
                        to="authors.author",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="co_authorships",
                        to="posts.post",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["author", "accepted", "post"], name="post_by_co_author")],
                "constraints": [models.UniqueConstraint(fields=("post", "author"), name="post_co_author_once")],
            },
        ),
    ]

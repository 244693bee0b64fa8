import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("posts", "0006_postrevision"),
    ]

    operations = [
        migrations.CreateModel(
            name="HomeFeed",
            fields=[
                ("reader_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Spreading",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="posts.post",
                    ),
                ),
                ("author_id", models.UUIDField()),
                ("published_at", models.DateTimeField()),
                ("after", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader_id", models.UUIDField()),
                ("author_id", models.UUIDField()),
                ("published_at", models.DateTimeField()),
                (
                    "post",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="posts.post"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reader_id", "published_at", "post"), name="home_feed_once")
                ],
            },
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("counters", "0001_initial"),
        ("posts", "0006_postrevision"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostCounts",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="counts",
                        serialize=False,
                        to="posts.post",
                    ),
                ),
                ("favourites", models.BigIntegerField(db_default=0, default=0)),
                ("favourites_sequence", models.BigIntegerField(db_default=0, default=0)),
            ],
        ),
    ]

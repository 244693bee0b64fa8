from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is there: posts made it."""

    initial = True

    dependencies = [
        ("posts", "0003_counters_move_out"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="PublishedTally",
                    fields=[
                        ("slot", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                        ("posts", models.BigIntegerField()),
                    ],
                    options={"db_table": "posts_publishedtally"},
                ),
            ],
        ),
    ]

from chassis.django.migration_operations import RunSqlOn
from django.db import migrations, models


class Migration(migrations.Migration):
    """Empty: ``broadsheet blog search build`` fills it for the posts that are there."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("post_id", models.UUIDField(unique=True)),
                ("splitting", models.PositiveSmallIntegerField()),
            ],
        ),
        RunSqlOn(
            "postgresql",
            [
                "ALTER TABLE search_document ADD COLUMN words tsvector NULL",
                "CREATE INDEX search_document_words ON search_document USING gin (words)",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        # What is deleted, by whatever way, takes its words along.
        RunSqlOn(
            "sqlite",
            [
                "CREATE VIRTUAL TABLE search_words USING fts5(title, lead, body, tokenize='ascii', detail=column)",
                """
                CREATE TRIGGER search_document_deleted AFTER DELETE ON search_document
                BEGIN DELETE FROM search_words WHERE rowid = old.id; END
                """,
            ],
            reverse_sql="DROP TABLE search_words",
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two nullable columns. The reference has no constraint: to add one reads the table under a lock."""

    dependencies = [("tags", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="tag",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="aliases",
                to="tags.tag",
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="changed_by",
            field=models.UUIDField(blank=True, null=True),
        ),
    ]

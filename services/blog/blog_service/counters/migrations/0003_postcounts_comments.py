from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("counters", "0002_postcounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="postcounts",
            name="comments",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]

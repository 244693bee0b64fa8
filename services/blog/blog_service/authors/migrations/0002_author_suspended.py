from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authors", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="author",
            name="suspended",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="author",
            name="suspended_sequence",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]

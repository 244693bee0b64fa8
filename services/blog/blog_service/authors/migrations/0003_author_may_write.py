from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authors", "0002_author_suspended")]

    operations = [
        migrations.AddField(
            model_name="author",
            name="may_write",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="author",
            name="roles_sequence",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]

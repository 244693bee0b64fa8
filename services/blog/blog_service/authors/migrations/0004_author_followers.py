from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authors", "0003_author_may_write"),
    ]

    operations = [
        migrations.AddField(
            model_name="author",
            name="followers_count",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="author",
            name="followers_sequence",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]

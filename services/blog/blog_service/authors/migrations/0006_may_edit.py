from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authors", "0005_picture_url"),
    ]

    operations = [
        migrations.AddField(
            model_name="author",
            name="may_edit",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authors", "0006_may_edit"),
    ]

    operations = [
        migrations.AddField(
            model_name="author",
            name="roles",
            field=models.JSONField(null=True),
        ),
    ]

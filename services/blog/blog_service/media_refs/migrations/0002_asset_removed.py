from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_refs", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="asset",
            name="status",
            field=models.CharField(
                choices=[
                    ("processing", "Processing"),
                    ("ready", "Ready"),
                    ("failed", "Failed"),
                    ("removed", "Removed"),
                ],
                default="processing",
                max_length=10,
            ),
        ),
    ]

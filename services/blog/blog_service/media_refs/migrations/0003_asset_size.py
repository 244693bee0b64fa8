from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_refs", "0002_asset_removed")]

    operations = [
        migrations.AddField(model_name="asset", name="width", field=models.PositiveIntegerField(null=True)),
        migrations.AddField(model_name="asset", name="height", field=models.PositiveIntegerField(null=True)),
    ]

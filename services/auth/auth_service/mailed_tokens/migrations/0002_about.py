from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailed_tokens", "0001_initial")]

    operations = [migrations.AddField(model_name="mailedtoken", name="about", field=models.UUIDField(null=True))]

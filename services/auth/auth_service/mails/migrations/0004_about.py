from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mails", "0003_mails_to_address")]

    operations = [migrations.AddField(model_name="mail", name="about", field=models.UUIDField(null=True))]

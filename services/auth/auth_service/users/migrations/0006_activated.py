from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0005_credentials")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="activated",
            field=models.BooleanField(
                db_default=True,
                default=True,
                editable=False,
                help_text="May be used: not activated is waiting for a mail.",
            ),
        ),
    ]

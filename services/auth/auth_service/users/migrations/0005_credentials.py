from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0004_profile_bio")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_confirmed",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, help_text="A mail to the address was answered."
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="credential_version",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Counts passwords and addresses: another one makes void what was mailed.",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0010_email_change")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="deletes_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When it is to be deleted, where its owner has asked for that.",
                null=True,
            ),
        ),
    ]

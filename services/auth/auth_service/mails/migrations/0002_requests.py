from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mails", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="MailRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("address", models.CharField(max_length=254)),
                ("address_key", models.CharField(db_index=True, max_length=320)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="mail", name="address_key", field=models.CharField(db_default="", max_length=320)
        ),
    ]

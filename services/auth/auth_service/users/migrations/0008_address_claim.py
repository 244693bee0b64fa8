import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0007_look_alike")]

    operations = [
        migrations.CreateModel(
            name="AddressClaim",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="address_claim",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]

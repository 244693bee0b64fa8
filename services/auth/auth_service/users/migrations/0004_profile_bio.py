import chassis.django.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0003_keys_unique"),
    ]

    operations = [
        migrations.AlterField(
            model_name="profile",
            name="bio",
            field=models.TextField(blank=True, default="", max_length=1000, validators=[chassis.django.text.readable]),
        ),
    ]

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SentPicture",
            fields=[
                ("asset_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("owner_id", models.UUIDField()),
                ("sent_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("is_given_up", models.BooleanField(default=False)),
            ],
        ),
    ]

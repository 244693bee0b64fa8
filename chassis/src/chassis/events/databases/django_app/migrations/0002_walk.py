from uuid import UUID

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chassis_events", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Walk",
            fields=[
                ("name", models.CharField(max_length=50, primary_key=True, serialize=False)),
                ("after", models.UUIDField(default=UUID(int=0))),
            ],
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chassis_events", "0002_walk")]
    operations = [
        migrations.CreateModel(
            name="DeadEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
            ],
            options={"managed": False, "default_permissions": ("view", "change")},
        ),
    ]

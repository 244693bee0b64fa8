from chassis.django.migration_operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("user_sessions", "0006_realworld")]

    operations = [
        AddIndexConcurrently(
            model_name="session",
            index=models.Index(
                condition=models.Q(("realworld", True)), fields=["expires_at"], name="session_of_realworld"
            ),
        ),
    ]

from chassis.django.migration_operations import AddUniqueConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("users", "0002_keys")]

    operations = [
        AddUniqueConcurrently(
            model_name="user",
            constraint=models.UniqueConstraint(models.F("email_key"), name="user_email_key_unique"),
        ),
        AddUniqueConcurrently(
            model_name="user",
            constraint=models.UniqueConstraint(models.F("username_key"), name="user_username_key_unique"),
        ),
    ]

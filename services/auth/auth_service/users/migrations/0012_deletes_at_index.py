from chassis.django.migration_operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("users", "0011_deletes_at")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("deletes_at__isnull", False)), fields=["deletes_at"], name="user_to_be_deleted"
            ),
        ),
    ]

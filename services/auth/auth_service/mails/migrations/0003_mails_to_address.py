from chassis.django.migration_operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("mails", "0002_requests")]

    operations = [
        AddIndexConcurrently(
            model_name="mail",
            index=models.Index(fields=["address_key", "kind", "created_at"], name="mails_to_address"),
        ),
    ]

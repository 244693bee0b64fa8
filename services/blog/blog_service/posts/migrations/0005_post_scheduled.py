from chassis.django.migration_operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("posts", "0004_scheduled_and_archived")]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                condition=models.Q(("status", "scheduled")), fields=["scheduled_for"], name="post_scheduled"
            ),
        ),
    ]

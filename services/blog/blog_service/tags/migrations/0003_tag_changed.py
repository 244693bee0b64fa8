from chassis.django.migration_operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("tags", "0002_merged_tags")]

    operations = [
        AddIndexConcurrently(
            model_name="tag",
            index=models.Index(condition=models.Q(("changed_by__isnull", False)), fields=["id"], name="tag_changed"),
        ),
    ]

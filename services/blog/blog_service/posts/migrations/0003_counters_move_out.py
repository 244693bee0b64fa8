from django.db import migrations


class Migration(migrations.Migration):
    """The tally is a model of counters from here on; its table stays where it is."""

    dependencies = [
        ("posts", "0002_deletedslug"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("PublishedTally")]),
    ]

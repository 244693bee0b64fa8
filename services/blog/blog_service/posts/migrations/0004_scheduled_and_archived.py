import chassis.django.text
from chassis.django.migration_operations import AddCheckNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two more states. The constraint holds for what is written from here on; a later release validates it."""

    dependencies = [("posts", "0003_counters_move_out")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="summary",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="else the excerpt",
                max_length=500,
                validators=[chassis.django.text.readable],
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="scheduled_for",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="post",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("scheduled", "Scheduled"),
                    ("published", "Published"),
                    ("archived", "Archived"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        AddCheckNotValid(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scheduled_for__isnull", False), ("status", "scheduled")),
                    models.Q(models.Q(("status", "scheduled"), _negated=True), ("scheduled_for__isnull", True)),
                    _connector="OR",
                ),
                name="post_scheduled_has_time",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("user_sessions", "0002_ended_by_surplus")]

    operations = [
        migrations.AlterField(
            model_name="session",
            name="ended_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("logout", "Logout"),
                    ("user", "its user, from another session"),
                    ("reuse", "use of an old refresh token"),
                    ("suspension", "Suspension"),
                    ("staff", "Staff"),
                    ("password", "a new password"),
                    ("undo", "the link that undoes a change of the address"),
                    ("surplus", "a log-in beyond the most that an account may have"),
                ],
                max_length=10,
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("user_sessions", "0005_by_cookie")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="realworld",
            field=models.BooleanField(db_default=False, default=False, help_text="Logged in by RealWorld's dialect."),
        ),
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
                    ("email", "another address"),
                    ("undo", "the link that undoes a change of the address"),
                    ("deletion", "that the account is to be deleted"),
                    ("surplus", "a log-in beyond the most that an account may have"),
                ],
                max_length=10,
            ),
        ),
    ]

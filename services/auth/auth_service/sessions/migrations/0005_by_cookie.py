from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("user_sessions", "0004_ended_by_deletion"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="by_cookie",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Its refresh tokens are in a cookie, and count nowhere else.",
            ),
        ),
    ]

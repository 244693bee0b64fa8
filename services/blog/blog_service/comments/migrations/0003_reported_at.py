from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0002_decision"),
    ]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="allowed_at",
            field=models.DateTimeField(
                blank=True, help_text="by the post's author: reports before this hold it no more", null=True
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="reported_at",
            field=models.DateTimeField(
                blank=True, help_text="first, of the reports that moderators have not answered", null=True
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0006_postrevision"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="comments_open",
            field=models.BooleanField(db_default=True, default=True, help_text="takes new comments"),
        ),
    ]

import chassis.django.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeletedSlug",
            fields=[
                ("slug", models.CharField(max_length=100, primary_key=True, serialize=False)),
            ],
        ),
        migrations.AlterField(
            model_name="post",
            name="body",
            field=models.TextField(blank=True, validators=[chassis.django.text.storable]),
        ),
        migrations.AlterField(
            model_name="post",
            name="title",
            field=models.CharField(max_length=200, validators=[chassis.django.text.readable]),
        ),
        migrations.AlterField(
            model_name="postimage",
            name="alt",
            field=models.CharField(blank=True, max_length=1000, validators=[chassis.django.text.readable]),
        ),
        migrations.AlterField(
            model_name="postimage",
            name="caption",
            field=models.CharField(blank=True, max_length=1000, validators=[chassis.django.text.readable]),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("caller", models.CharField(max_length=36)),
                ("fingerprint", models.CharField(max_length=64)),
                ("owner", models.CharField(max_length=16)),
                ("running_until", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("answer", models.TextField(null=True)),
            ],
            options={
                "db_table": "idempotency_key",
            },
        ),
    ]

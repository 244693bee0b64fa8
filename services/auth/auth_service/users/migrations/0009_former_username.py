import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Func, Value
from django.db.models.functions import Lower, Replace

seen: Func = Lower(Replace("username", Value("I"), Value("l")))
for spelt, like in (("0", "o"), ("1", "l"), ("m", "rn")):
    seen = Replace(seen, Value(spelt), Value(like))


class Migration(migrations.Migration):
    dependencies = [("users", "0008_address_claim")]

    operations = [
        migrations.CreateModel(
            name="FormerUsername",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=30)),
                ("username_key", models.CharField(db_index=True, max_length=80)),
                ("held_until", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_usernames",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"indexes": [models.Index(seen, name="former_username_look_alike")]},
        ),
    ]

from chassis.django.migration_operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Func, Value
from django.db.models.functions import Lower, Replace

seen: Func = Lower(Replace("username", Value("I"), Value("l")))
for spelt, like in (("0", "o"), ("1", "l"), ("m", "rn")):
    seen = Replace(seen, Value(spelt), Value(like))


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("users", "0006_activated")]

    operations = [
        AddIndexConcurrently(model_name="user", index=models.Index(seen, name="user_look_alike")),
    ]

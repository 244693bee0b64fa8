#!/bin/bash
# Django 5.2.19 on SQLite: filter(data={...}) on a JSONField compares two texts, in which the order of the keys and the way a
# number is written count. An object that is equal in Python, in JSON and in PostgreSQL's jsonb is not found, and get_or_create
# makes a second row of it. Guessed: a field of JSON compares values, on every database that Django offers it for. Output seen
# (stored {"a": 1, "b": 2.0}, rows found):
#   {'a': 1, 'b': 2.0}: 1
#   {'b': 2.0, 'a': 1}: 0
#   {'a': 1, 'b': 2}: 0
#   {'b': 2.0, 'a': 1} by its keys: 1
#   get_or_create: made another
# So ask key by key (data__a=1, data__b=2), or keep a hash of the sorted text beside it where objects are looked up whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings
from django.db import connection, models

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()


class Place(models.Model):
    data = models.JSONField()

    class Meta:
        app_label = "blog"


with connection.schema_editor() as editor:
    editor.create_model(Place)
stored = Place.objects.create(data={"a": 1, "b": 2.0})
turned = {"b": 2.0, "a": 1}
seen = []
for asked in (stored.data, turned, {"a": 1, "b": 2}):
    assert asked == stored.data  # for Python all three are the same
    seen.append(Place.objects.filter(data=asked).count())
    print(f"{asked}: {seen[-1]}")
seen.append(Place.objects.filter(**{f"data__{key}": value for key, value in turned.items()}).count())
print(f"{turned} by its keys: {seen[-1]}")
_, made = Place.objects.get_or_create(data=turned)
print(f"get_or_create: {'made another' if made else 'found it'}")
assert (seen, made) == ([1, 0, 0, 1], True), "the behaviour has changed"
PYTHON

#!/bin/bash
# Django 5.2.19 on SQLite: a string inside a JSONField comes out of values_list("data__key") as something else if it reads like
# JSON: "2024" is the number 2024, "1e3" is 1000.0, "true" is True, "null" is None, "[]" a list. The same row read whole
# has the strings, and filter(data__key="2024") finds them. Guessed: what was stored is what comes back, in either way.
# SQLite's JSON_EXTRACT hands a string out without its quotes, and Django tries to read each answer that is text as JSON;
# on PostgreSQL the quotes are there. Output seen (the whole, then by key):
#   '2024': '2024' then 2024
#   '1e3': '1e3' then 1000.0
#   'true': 'true' then True
#   'null': 'null' then None
#   '[]': '[]' then []
#   'x': 'x' then 'x'
# So read the whole value, or ask for it as text: values_list(KT("data__key")).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings
from django.db import connection, models
from django.db.models.fields.json import KT

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()


class Post(models.Model):
    data = models.JSONField()

    class Meta:
        app_label = "blog"


with connection.schema_editor() as editor:
    editor.create_model(Post)
seen = []
for word in ("2024", "1e3", "true", "null", "[]", "x"):
    post = Post.objects.create(data={"tag": word})
    rows = Post.objects.filter(pk=post.pk)
    [whole], [by_key], [text] = (rows.values_list(name, flat=True) for name in ("data", "data__tag", KT("data__tag")))
    print(f"{word!r}: {whole['tag']!r} then {by_key!r}")
    assert list(Post.objects.filter(data__tag=word)) == [post]
    assert whole["tag"] == text == word, "the advice is wrong by now"
    seen.append(by_key)
assert seen == [2024, 1000.0, True, None, [], "x"] and seen[2] is True, "the behaviour has changed"
PYTHON

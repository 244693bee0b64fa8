#!/bin/bash
# Django REST framework 3.18.3 with Django 5.2.19: a ModelSerializer asks for a field that has a db_default, as if it had no default
# at all: to move a default from Python into the database turns a request that was accepted into 400 "This field is
# required", and drf-spectacular 0.30.0 writes the field down as required. Model.objects.create() without it works.
# Guessed: db_default makes the field optional, as default does. Output seen (the same post without the two fields):
#   default: valid, required in the document: title
#   db_default: 400 priority published (required), required in the document: priority published title
# So name the fields in extra_kwargs with required=False (seen: valid, and the database's own default is stored).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19 djangorestframework==3.18.3 drf-spectacular==0.30.0
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"},
    USE_TZ=True,
)
django.setup()

from django.db import connection, models
from django.db.models.functions import Now
from django.urls import path
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework import generics, serializers


class Plain(models.Model):
    title = models.CharField(max_length=50)
    priority = models.IntegerField(default=5)
    published = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "blog"


class Database(models.Model):
    title = models.CharField(max_length=50)
    priority = models.IntegerField(db_default=5)
    published = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "blog"


with connection.schema_editor() as editor:
    editor.create_model(Plain)
    editor.create_model(Database)


def serializer_of(post, **more):
    meta = type("Meta", (), {"model": post, "fields": ("title", "priority", "published"), **more})
    return type(f"{post.__name__}Serializer", (serializers.ModelSerializer,), {"Meta": meta})


def required_in_document(serializer):
    view = type("Posts", (generics.CreateAPIView,), {"serializer_class": serializer, "authentication_classes": ()})
    document = SchemaGenerator(patterns=[path("posts", view.as_view())]).get_schema(public=True)
    [shape] = [shape for name, shape in document["components"]["schemas"].items()]
    return sorted(shape["required"])


seen = []
for name, post in (("default", Plain), ("db_default", Database)):
    assert post.objects.create(title="One").pk
    serializer = serializer_of(post)
    asked = serializer(data={"title": "Two"})
    asked.is_valid()
    missing = sorted(field for field, [error] in asked.errors.items() if error.code == "required")
    seen.append((missing, required_in_document(serializer)))
    answer = f"400 {' '.join(missing)} (required)" if missing else "valid"
    print(f"{name}: {answer}, required in the document: {' '.join(seen[-1][1])}")
assert seen == [([], ["title"]), (["priority", "published"], ["priority", "published", "title"])], "the behaviour has changed"
told = serializer_of(Database, extra_kwargs={name: {"required": False} for name in ("priority", "published")})(data={"title": "Three"})
told.is_valid(raise_exception=True)
assert told.save().priority == 5, "the advice is wrong by now"
PYTHON

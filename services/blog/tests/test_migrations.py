"""What `migrate --wait` says of a database, without Django, is what Django says; and they make what the models say."""

import os

from blog_service.django_apps import APPS
from chassis.django.testing import assert_pending_is_what_django_says
from chassis.testing import imports_of_migrate, imports_of_migrate_wait
from django.core.management import call_command
from pytest_django import DjangoDbBlocker


def test_a_database_lacks_what_django_would_apply(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        assert_pending_is_what_django_says(os.environ["BLOG_DATABASE_URL"], APPS)
    assert imports_of_migrate_wait("blog") == (0, ""), "waiting for nothing imported what it can do without"
    assert imports_of_migrate("blog") == (0, ""), "migrating nothing imported what it can do without"


def test_the_migrations_make_what_the_models_say(db: None) -> None:
    call_command("makemigrations", check_changes=True, dry_run=True)

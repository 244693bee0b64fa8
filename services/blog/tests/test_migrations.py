"""What `migrate --wait` says of a database, without Django, is what Django says."""

import os

from blog_service.django_apps import APPS
from chassis.django.testing import assert_pending_is_what_django_says
from chassis.testing import migrate_nothing, wait_for_nothing
from pytest_django import DjangoDbBlocker


def test_a_database_lacks_what_django_would_apply(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        assert_pending_is_what_django_says(os.environ["BLOG_DATABASE_URL"], APPS)
    assert wait_for_nothing("blog") == (0, ""), "waiting for nothing imported what it can do without"
    assert migrate_nothing("blog") == (0, ""), "migrating nothing imported what it can do without"

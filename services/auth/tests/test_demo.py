"""The people of the demo content."""

from uuid import UUID

import pytest
from auth_service.demo import people
from auth_service.settings import AuthSettings
from auth_service.testing import Caller
from auth_service.users.models import User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from chassis.settings import SettingsError


@pytest.mark.django_db
def test_they_have_the_same_ids_everywhere_and_are_loaded_once() -> None:
    assert people.load() == ["ada", "grace", "linus", "dana"]
    assert people.load() == []
    ids = dict(User.objects.values_list("username", "id"))
    assert ids["ada"] == UUID("01900000-0000-7000-8000-0000000000a1")
    assert all(user_id.version == 7 for user_id in ids.values())


@pytest.mark.django_db
def test_others_hear_of_them() -> None:
    people.load()
    types = [event.type for event in published(DjangoDatabase())]
    assert types == ["auth.user.registered.v1", "auth.profile.updated.v1"] * 4


def test_they_can_log_in_and_dana_is_staff(charlie: Caller) -> None:
    people.load()
    for username in people.PEOPLE:
        answer = charlie.post("/api/v1/auth/jwt/create", {"login": username, "password": people.PASSWORD})
        assert answer.status == 200
    assert [user.username for user in User.objects.filter(is_staff=True)] == ["dana"]


def test_somebody_s_name_is_not_taken_from_them(charlie: Caller) -> None:
    other = Caller("ada")
    other.register()
    assert people.load() == ["grace", "linus", "dana"]
    assert User.objects.get(username="ada").id == other.id


@pytest.mark.django_db
def test_production_refuses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuthSettings, "production", True)
    with pytest.raises(SettingsError, match="known password"):
        people.load()
    assert not User.objects.exists()

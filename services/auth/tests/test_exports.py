"""Archives of all that is held about an account, as auth tells of them and has its part in them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from auth_service.clients.services import service_token_issue
from auth_service.commands import event_service
from auth_service.erasure.tables import ERASED
from auth_service.exports.models import PATIENCE, Export
from auth_service.exports.services import exports_forget
from auth_service.exports.tables import EXPORTED, LEFT_OUT
from auth_service.mails.listing import text_of
from auth_service.testing import PASSWORD, Caller, Mailbox
from chassis.events import envelope
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

OWN = "/api/v2/me/exports"
DAY = timedelta(hours=24)


def media_made(export_id: str, *, expires_in: timedelta = DAY) -> None:
    told = example("media.export.made.v1")
    data = {"export_id": export_id, "expires_at": (timezone.now() + expires_in).isoformat()}
    deliver(event_service(), envelope.decode(envelope.encode(replace(told, id=uuid7(), data=data))))


def asked() -> list[dict[str, Any]]:
    return [event.data for event in published(DjangoDatabase()) if event.type == "auth.export.asked.v1"]


def told_about(caller: Caller, *, by: str = "media") -> dict[str, list[dict[str, Any]]]:
    """Auth's part in the archive, as the service that makes it hears it."""
    token = service_token_issue(by, "auth", now=timezone.now()).text
    answer = Client().get(f"/internal/exports/{caller.id}", headers={"Authorization": f"Bearer {token}"})
    files: dict[str, list[dict[str, Any]]] = {}
    for file, row in _lines(answer):
        files.setdefault(file, []).append(row)
    return files


def _lines(answer: Any) -> Iterator[Any]:
    assert answer.status_code == 200
    return map(json.loads, b"".join(answer.streaming_content).splitlines())


def test_media_is_asked_once_and_who_asks_again_gets_the_one_there_is(alice: Caller) -> None:
    answer = alice.post(OWN)
    assert answer.status == 202
    export = answer.body
    assert (export["state"], export["url"], export["expires_at"]) == ("pending", None, None)
    assert alice.post(OWN).body == export
    assert asked() == [{"export_id": export["id"], "user_id": str(alice.id)}]
    assert alice.get(f"{OWN}/{export['id']}").body == export
    assert alice.get(OWN).body == {"items": [export]}
    media_made(export["id"])
    assert alice.post(OWN).body["id"] == export["id"], "it can still be fetched"


def test_it_is_ready_for_a_day_and_its_owner_is_told_by_mail(alice: Caller, mailbox: Mailbox) -> None:
    export_id = alice.post(OWN).body["id"]
    mailbox.receive()
    media_made(export_id)
    media_made(export_id)
    ready = alice.get(f"{OWN}/{export_id}").body
    assert (ready["state"], ready["url"]) == ("ready", f"http://127.0.0.1:8000{OWN}/{export_id}/archive")
    (message,) = mailbox.receive()
    assert "24 hours" in text_of(message)
    assert "http" not in text_of(message)
    Export.objects.update(expires_at=timezone.now())
    over = alice.get(f"{OWN}/{export_id}").body
    assert (over["state"], over["url"]) == ("expired", None)
    assert alice.post(OWN).body["id"] != export_id


def test_what_takes_too_long_has_failed_and_may_be_asked_for_again(alice: Caller) -> None:
    export_id = alice.post(OWN).body["id"]
    Export.objects.update(requested_at=timezone.now() - PATIENCE)
    assert alice.get(f"{OWN}/{export_id}").body["state"] == "failed"
    assert alice.post(OWN).body["id"] != export_id
    assert len(asked()) == 2


def test_nobody_sees_those_of_others(alice: Caller, bob: Caller, charlie: Caller) -> None:
    path = f"{OWN}/{alice.post(OWN).body['id']}"
    assert bob.get(path).body["code"] == "export_not_found"
    assert bob.get(OWN).body == {"items": []}
    assert charlie.get(path).status == charlie.post(OWN).status == 401
    assert alice.get(f"{OWN}/nonsense").status == 404


def test_it_is_written_down_who_asked(alice: Caller) -> None:
    export_id = alice.post(OWN).body["id"]
    (entry,) = [one for one in alice.get("/api/v2/me/audit").body["items"] if one["action"] == "export.made"]
    assert entry["detail"] == {"export": export_id}


def test_long_gone_ones_are_forgotten(alice: Caller) -> None:
    alice.post(OWN)
    exports_forget(now=timezone.now() + timedelta(days=29))
    assert Export.objects.exists()
    exports_forget(now=timezone.now() + timedelta(days=31))
    assert not Export.objects.exists()


def test_every_table_of_somebodys_rows_says_what_they_are_told(db: None) -> None:
    told = {part.table for part in EXPORTED}
    assert ERASED.keys() - told - LEFT_OUT.keys() == set(), "say in exports/tables.py what their owner is told"
    assert (told | LEFT_OUT.keys()) - ERASED.keys() == set()
    assert told & LEFT_OUT.keys() == set()


def test_the_archive_has_all_of_the_account_and_nothing_of_others(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    alice.patch("/api/v2/me", {"profile": {"bio": "Writes."}}, If_Match=alice.get("/api/v2/me").headers["ETag"])
    alice.post("/api/v1/auth/users/set_username", {"current_password": PASSWORD, "new_username": "alicia"})
    change = {"current_password": PASSWORD, "new_email": "elsewhere@example.org"}
    alice.post("/api/v1/auth/users/set_email", change)
    alice.post("/api/v2/me/totp")
    mailbox.receive()
    export_id = alice.post(OWN).body["id"]
    told = told_about(alice)
    assert told["account"][0] | {"username": "alicia", "email": "alice@example.org"} == told["account"][0]
    assert told["profile"] == [{"bio": "Writes.", "avatar": None, "picture_url": "", "locale": "en"}]
    assert told["former_usernames"][0]["username"] == "alice"
    assert told["email_changes"][0]["new_email"] == "elsewhere@example.org"
    assert {mail["address"] for mail in told["mails"]} == {"elsewhere@example.org", "alice@example.org"}
    assert told["sessions"][0]["ip"] == "127.0.0.1"
    assert told["second_factor"][0]["confirmed_at"] is None
    assert {one["purpose"] for one in told["mailed_links"]} == {"email_confirm", "email_undo"}
    assert "session.opened" in {entry["action"] for entry in told["audit"]}
    assert told["exports"][0]["id"] == export_id
    assert "bob" not in json.dumps(told)
    assert not {"password", "secret", "digest"} & {key for rows in told.values() for row in rows for key in row}


@pytest.mark.parametrize("caller", ["blog", "gateway"])
def test_no_other_service_is_told(alice: Caller, caller: str) -> None:
    token = service_token_issue(caller, "auth", now=timezone.now()).text
    answer = Client().get(f"/internal/exports/{alice.id}", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "caller_not_listed"


def test_without_a_service_token_nothing_is_told(alice: Caller) -> None:
    assert alice.get(f"/internal/exports/{alice.id}").status == 401


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    alice: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert alice.id
    for count in (1, 50):
        while Export.objects.count() < count:
            Export.objects.create(user_id=alice.id, requested_at=timezone.now())
        with django_assert_num_queries(3):  # key, session, exports
            assert len(alice.get(OWN).body["items"]) == count

"""The deletion of one's own account, as far as it can be taken back."""

from datetime import timedelta

import pytest
from auth_service.deletions.models import Deletion
from auth_service.mails.listing import text_of
from auth_service.sessions.models import Session
from auth_service.testing import PASSWORD, Caller, Mailbox
from auth_service.users.models import User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.utils import timezone

ME = "/api/v1/auth/users/me"
OWN = "/api/v2/me/deletion"
LOG_IN = "/api/v1/auth/jwt/create"


def receipt(caller: Caller) -> str:
    return str(caller.get(OWN).body["receipt_url"]).removeprefix("http://127.0.0.1:8000")


def test_v1_asks_for_it_with_the_password(alice: Caller, mailbox: Mailbox) -> None:
    answer = alice.call("DELETE", ME, {"current_password": PASSWORD})
    assert answer.status == 202
    assert answer.body == {"deletes_at": alice.get("/api/v2/me").body["deletes_at"]}
    expected = timezone.now() + timedelta(days=14)
    deletes_at = User.objects.get().deletes_at
    assert deletes_at
    assert abs(deletes_at - expected) < timedelta(minutes=1)
    (message,) = mailbox.receive()
    assert message["Subject"] == "Your account will be deleted"
    assert "in 14 days" in text_of(message)


def test_v2_shows_it_and_its_receipt(alice: Caller, charlie: Caller) -> None:
    answer = alice.post(OWN, {"password": PASSWORD})
    assert answer.status == 202
    assert set(answer.body) == {"id", "requested_at", "deletes_at", "receipt_url"}
    assert alice.get(OWN).body == answer.body
    assert charlie.get(receipt(alice)).body == {
        "id": answer.body["id"],
        "requested_at": answer.body["requested_at"],
        "completed_at": None,
        "services": None,
    }
    assert "alice" not in answer.body["receipt_url"]


def test_other_sessions_end_at_once_and_the_callers_goes_on(alice: Caller) -> None:
    elsewhere = Caller("alice")
    elsewhere.log_in()
    User.objects.update(deletes_at=None)
    Deletion.objects.all().delete()
    alice.post(OWN, {"password": PASSWORD})
    assert elsewhere.get(ME).body["code"] == "token_revoked"
    assert alice.get(ME).status == 200
    assert published(DjangoDatabase())[-1].type == "auth.session.revoked.v1"


def test_asked_twice_it_is_as_it_was(alice: Caller, mailbox: Mailbox) -> None:
    first = alice.post(OWN, {"password": PASSWORD}).body
    assert alice.post(OWN, {"password": PASSWORD}).body == first
    assert len(mailbox.receive()) == 1


@pytest.mark.parametrize(
    ("path", "method", "field", "status"),
    [(ME, "DELETE", "current_password", 400), (OWN, "POST", "password", 422)],
)
def test_a_wrong_password_changes_nothing(alice: Caller, path: str, method: str, field: str, status: int) -> None:
    for sent in ({field: "not hers at all"}, {field: None}, {field: ["x"]}):
        answer = alice.call(method, path, sent)
        assert answer.status == status
        assert field in str(answer.body)
    assert alice.get("/api/v2/me").body["deletes_at"] is None
    assert not Deletion.objects.exists()


def test_v1_asks_for_the_password_always_and_v2_only_long_after_a_log_in(alice: Caller) -> None:
    assert alice.call("DELETE", ME, {}).body == {"current_password": ["This field is required."]}
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    answer = alice.post(OWN, {})
    assert (answer.status, answer.body["code"]) == (403, "step_up_required")
    Session.objects.update(created_at=timezone.now())
    assert alice.post(OWN, {}).status == 202


def test_djosers_answer_to_a_wrong_password(alice: Caller) -> None:
    assert alice.call("DELETE", ME, {"current_password": "wrong"}).body == {
        "current_password": ["This is not your password."]
    }


@pytest.mark.parametrize("path", [LOG_IN, "/api/v2/sessions"])
def test_a_log_in_cancels_it_and_says_so(alice: Caller, mailbox: Mailbox, path: str) -> None:
    alice.post(OWN, {"password": PASSWORD})
    link = receipt(alice)
    mailbox.receive()
    answer = Caller("alice").post(path, {"login": "alice", "password": PASSWORD})
    assert answer.status in {200, 201}
    if path != LOG_IN:
        assert answer.body["deletion_cancelled"] is True
        assert answer.body["user"]["deletes_at"] is None
    assert alice.get(OWN).body["code"] == "deletion_not_found"
    assert alice.get("/api/v2/me").body["deletes_at"] is None
    assert alice.get(link).status == 404
    (message,) = mailbox.receive()
    assert message["Subject"] == "Your account stays"
    again = alice.post("/api/v2/sessions", {"login": "alice", "password": PASSWORD})
    assert "deletion_cancelled" not in again.body


def test_a_refused_log_in_and_a_refresh_cancel_nothing(alice: Caller) -> None:
    alice.post(OWN, {"password": PASSWORD})
    Caller("alice").post(LOG_IN, {"login": "alice", "password": "not hers at all"})
    assert alice.post("/api/v1/auth/jwt/refresh", {"refresh": alice.refresh}).status == 200
    assert alice.get(OWN).status == 200


def test_it_is_taken_back(alice: Caller) -> None:
    assert alice.delete(OWN).status == 404
    alice.post(OWN, {"password": PASSWORD})
    assert alice.delete(OWN).status == 204
    assert alice.get(OWN).status == 404


def test_its_etag_is_another_one(alice: Caller) -> None:
    before = alice.get("/api/v2/me").headers["ETag"]
    alice.post(OWN, {"password": PASSWORD})
    assert alice.get("/api/v2/me").headers["ETag"] != before


def test_it_is_in_the_audit_log(alice: Caller) -> None:
    alice.post(OWN, {"password": PASSWORD})
    alice.delete(OWN)
    actions = [entry["action"] for entry in alice.get("/api/v2/me/audit").body["items"]]
    assert actions[:2] == ["deletion.cancelled", "deletion.asked"]


@pytest.mark.parametrize(("method", "path"), [("DELETE", ME), ("POST", OWN), ("GET", OWN), ("DELETE", OWN)])
def test_it_needs_a_log_in(charlie: Caller, method: str, path: str) -> None:
    assert charlie.call(method, path).body["code"] == "token_missing"


def test_a_made_up_receipt_is_404(charlie: Caller) -> None:
    assert charlie.get("/api/v2/deletions/made-up").body["code"] == "deletion_not_found"

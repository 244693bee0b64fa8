"""Mails: their words, and that each of them leaves."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from auth_service.celery import app
from auth_service.commands import event_service
from auth_service.mails.listing import text_of
from auth_service.mails.models import Kind, Mail
from auth_service.mails.rendering import LANGUAGES, render
from auth_service.mails.sending import mails_send
from auth_service.mails.services import mail_queue, mails_delete_old
from auth_service.settings import settings
from auth_service.testing import Caller, Mailbox
from auth_service.users.models import Profile, User
from chassis.events.envelope import Event
from chassis.events.testing import deliver, example
from django.test import TestCase
from django.utils import timezone
from kombu.exceptions import OperationalError
from uuid_utils.compat import uuid7

SNAPSHOTS = Path(__file__).parent / "mails"
MAIL = UUID("01900000-0000-7000-8000-0000000000f1")
LINK = "https://example.org/account/page/01900000-0000-7000-8000-0000000000a1/token"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@dataclass
class Receiver:
    """An SMTP server that answers as it is told, and keeps what it takes."""

    port: int
    recipient: str = "250 OK"
    data: str = "250 OK"
    mails: list[Any] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("2"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return self.data


@contextmanager
def listening(receiver: Receiver) -> Iterator[None]:
    controller = Controller(receiver, hostname="127.0.0.1", port=receiver.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """Not listening yet."""
    receiver = Receiver(free_port())
    by_smtp = settings().model_copy(update={"mail_url": f"smtp://127.0.0.1:{receiver.port}"})
    monkeypatch.setattr("auth_service.mails.sending.settings", lambda: by_smtp)
    return receiver


@pytest.fixture
def mail(alice: Caller) -> Mail:
    mail_queue(User.objects.get(), Kind.PASSWORD_RESET, now=timezone.now())
    return Mail.objects.get()


def due_again() -> None:
    Mail.objects.update(due_at=timezone.now())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_its_words_are_as_they_were_read_last(kind: Kind, language: str) -> None:
    user = User(username="alice", email="alice@example.org")
    user.profile = Profile(user=user, locale=f"{language}-XX")
    mail = Mail(id=MAIL, kind=kind, address=user.email, created_at=datetime(2026, 11, 29, tzinfo=UTC))
    message = render(mail, user, link=LINK)
    shown = f"Subject: {message['Subject']}\n\n{text_of(message)}\n{html_of(message)}"
    snapshot = SNAPSHOTS / f"{kind}.{language}.txt"
    if not snapshot.exists():
        snapshot.write_text(shown)
        pytest.fail(f"{snapshot} was missing and is written now: read it")
    assert shown == snapshot.read_text(), f"if that is meant, delete {snapshot} and run again"


def html_of(message: Any) -> str:
    return str(message.get_body(("html",)).get_content())


def test_every_kind_has_its_words_in_every_language() -> None:
    there = {(file.parent.name, file.stem) for file in SNAPSHOTS.parents[1].rglob("texts/*/*.txt")}
    assert there == {(language, kind.value) for language in LANGUAGES for kind in Kind}


def test_an_account_is_written_to_in_its_language(alice: Caller, mailbox: Mailbox, mail: Mail) -> None:
    Profile.objects.update(locale="de-AT")
    (message,) = mailbox.receive()
    assert (message["Subject"], message["Content-Language"]) == ("Ein neues Passwort wählen", "de")


def test_a_mail_leaves_by_smtp(receiver: Receiver, mail: Mail) -> None:
    with listening(receiver):
        mails_send()
    (message,) = receiver.mails
    assert (message["To"], message["From"]) == ("alice@example.org", "Broadsheet <no-reply@127.0.0.1>")
    assert (message["Auto-Submitted"], message["Message-ID"]) == ("auto-generated", f"<{mail.id}@127.0.0.1>")
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.SENT, 1)


def test_a_mail_is_sent_once(receiver: Receiver, mail: Mail) -> None:
    with listening(receiver):
        mails_send()
        due_again()
        mails_send()
    assert len(receiver.mails) == 1


def test_while_the_server_is_away_mails_wait(receiver: Receiver, mail: Mail) -> None:
    mails_send()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.WAITING, 0)
    with listening(receiver):
        mails_send()
    assert len(receiver.mails) == 1


@pytest.mark.parametrize(("step", "answer"), [("recipient", "451 Greylisted"), ("data", "452 Full")])
def test_what_is_not_taken_now_comes_again(receiver: Receiver, mail: Mail, step: str, answer: str) -> None:
    setattr(receiver, step, answer)
    with listening(receiver):
        mails_send()
        mail.refresh_from_db()
        assert (mail.state, mail.last_error) == (Mail.State.WAITING, f"the server said {answer[:3]}")
        assert mail.due_at > timezone.now()
        setattr(receiver, step, "250 OK")
        due_again()
        mails_send()
    assert len(receiver.mails) == 1


@pytest.mark.parametrize(("step", "answer"), [("recipient", "550 No such mailbox"), ("data", "554 Spam")])
def test_what_is_refused_for_good_is_given_up(receiver: Receiver, mail: Mail, step: str, answer: str) -> None:
    setattr(receiver, step, answer)
    with listening(receiver):
        mails_send()
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (Mail.State.REFUSED, f"the server said {answer[:3]}")


def test_a_mail_of_three_days_is_given_up(receiver: Receiver, mail: Mail) -> None:
    Mail.objects.update(created_at=timezone.now() - timedelta(days=4))
    receiver.recipient = "451 Greylisted"
    with listening(receiver):
        mails_send()
    mail.refresh_from_db()
    assert mail.state == Mail.State.REFUSED


def test_a_link_that_comes_twice_is_another_one_and_the_first_is_void(receiver: Receiver, mail: Mail) -> None:
    receiver.data = "452 Full"
    with listening(receiver):
        mails_send()
        receiver.data = "250 OK"
        due_again()
        mails_send()
    assert User.objects.get().mailed_tokens.count() == 1


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (Kind.ACTIVATION, Kind.ACTIVATION),
        (Kind.PASSWORD_RESET, Kind.PASSWORD_RESET),
        (Kind.REGISTERED_AGAIN, Kind.PASSWORD_RESET),
        (Kind.USERNAME_RESET, Kind.USERNAME_RESET),
    ],
)
@pytest.mark.parametrize("seconds", [0, 1])
def test_a_mail_that_comes_late_does_not_make_the_link_of_a_later_one_void(
    receiver: Receiver, alice: Caller, earlier: Kind, later: Kind, seconds: int
) -> None:
    user, now = User.objects.get(), timezone.now()
    mail_queue(user, earlier, now=now - timedelta(seconds=seconds))
    receiver.recipient = "451 Greylisted"
    with listening(receiver):
        mails_send()
        receiver.recipient = "250 OK"
        mail_queue(user, later, now=now)
        mails_send()
        token = user.mailed_tokens.get()
        due_again()
        mails_send()
    assert [mail.state for mail in user.mails.order_by("id")] == [Mail.State.VOID, Mail.State.SENT]
    assert (len(receiver.mails), user.mailed_tokens.get()) == (1, token)


def test_what_an_account_is_told_comes_late_beside_what_it_is_told_later(receiver: Receiver, alice: Caller) -> None:
    user = User.objects.get()
    mail_queue(user, Kind.PASSWORD_CHANGED, now=timezone.now())
    receiver.recipient = "451 Greylisted"
    with listening(receiver):
        mails_send()
        receiver.recipient = "250 OK"
        mail_queue(user, Kind.PASSWORD_CHANGED, now=timezone.now())
        due_again()
        mails_send()
    assert len(receiver.mails) == 2


def test_a_mail_of_somebody_else_is_sent_beside_one_that_waits(receiver: Receiver, mail: Mail, bob: Caller) -> None:
    mail_queue(User.objects.get(username="bob"), Kind.PASSWORD_RESET, now=timezone.now())
    receiver.recipient = "451 Greylisted"
    with listening(receiver):
        mails_send()
    assert {mail.attempts for mail in Mail.objects.all()} == {1}


def test_a_mailbox_in_unicode_and_its_domain(receiver: Receiver, mail: Mail) -> None:
    Mail.objects.update(address="jürgen@bücher.example")
    with listening(receiver):
        mails_send()
    assert [str(message["To"]) for message in receiver.mails] == ["jürgen@xn--bcher-kva.example"]


def test_a_console_shows_it(mail: Mail, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    on_console = settings().model_copy(update={"mail_url": "console:"})
    monkeypatch.setattr("auth_service.mails.sending.settings", lambda: on_console)
    mails_send()
    assert "To: alice@example.org\nSubject: Choose a new password\n" in capsys.readouterr().out


def test_files_are_for_their_owner_alone(mail: Mail, mailbox: Mailbox) -> None:
    mails_send()
    (file,) = mailbox.folder.iterdir()
    assert (file.name, file.stat().st_mode & 0o077) == (f"{mail.id}.eml", 0)


def test_old_mails_are_forgotten_and_waiting_ones_never(alice: Caller, mailbox: Mailbox, mail: Mail) -> None:
    later = timezone.now() + timedelta(days=31)
    mails_delete_old(now=later)
    assert Mail.objects.exists()
    mailbox.receive()
    mails_delete_old(now=later)
    assert not Mail.objects.exists()


def test_a_mail_is_hinted_at_once_it_is_committed(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda job, *_, **__: queued.append(job))
    with TestCase.captureOnCommitCallbacks(execute=True):
        mail_queue(User.objects.get(), Kind.PASSWORD_RESET, now=timezone.now())
        assert queued == []
    assert queued == ["mails_send"]


def test_a_broker_that_is_away_costs_no_mail(alice: Caller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(app, "send_task", refuse)
    with TestCase.captureOnCommitCallbacks(execute=True):
        mail_queue(User.objects.get(), Kind.PASSWORD_RESET, now=timezone.now())
    assert len(mailbox.receive()) == 1


def webhook_disabled(owner_id: object) -> Event:
    event = example("blog.webhook.disabled.v1")
    return replace(event, id=uuid7(), data=event.data | {"owner_id": str(owner_id)})


def test_the_owner_of_a_disabled_webhook_gets_a_mail(alice: Caller, mailbox: Mailbox) -> None:
    deliver(event_service(), webhook_disabled(alice.id))
    (message,) = mailbox.receive()
    assert (message["To"], message["Subject"]) == ("alice@example.org", "A webhook of yours was disabled")


def test_a_disabled_webhook_of_nobody_here_is_no_mail(db: None) -> None:
    deliver(event_service(), webhook_disabled(uuid7()))
    assert not Mail.objects.exists()

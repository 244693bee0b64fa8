"""The account flows have djoser's names and its answers, but for differences that are meant."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from auth_service.mails.listing import text_of
from auth_service.testing import Caller, Mailbox

FIRST, SECOND, THIRD = "correct horse battery staple", "another long pass phrase", "and the third pass phrase"
ALICE, BOB = {"email": "alice@example.org", "username": "alice"}, {"email": "bob@example.org", "username": "bob"}
LINK = {"uid": "$uid", "token": "$token"}


@dataclass(frozen=True)
class Request:
    """``$uid`` and ``$token`` are of the last mailed link, on either side."""

    what: str
    path: str
    body: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    logged_in: bool = False


def own(what: str, path: str, body: dict[str, str] | None = None, method: str = "POST") -> Request:
    return Request(what, path, body or {}, method, logged_in=True)


STORY = [
    Request("register with a weak password", "users", ALICE | {"password": "1234567890"}),
    Request("register without a name", "users", {"email": "alice@example.org", "password": FIRST}),
    Request("register with no address", "users", ALICE | {"email": "none", "password": FIRST}),
    Request("register", "users", BOB | {"password": FIRST}),
    Request("register another", "users", ALICE | {"password": FIRST}),
    Request("register with a taken name", "users", ALICE | {"email": "a@example.org", "password": FIRST}),
    Request("log in before the activation", "jwt/create", {"username": "alice", "password": FIRST}),
    Request("activate with a wrong token", "users/activation", LINK | {"token": "wrong"}),
    Request("activate a wrong account", "users/activation", LINK | {"uid": "wrong"}),
    Request("activate with nothing", "users/activation"),
    Request("ask for the activation of a stranger", "users/resend_activation", {"email": "nobody@example.org"}),
    Request("ask for the activation of no address", "users/resend_activation", {"email": "none"}),
    Request("ask for the activation again", "users/resend_activation", {"email": "alice@example.org"}),
    Request("activate", "users/activation", LINK),
    Request("activate again", "users/activation", LINK),
    Request("ask for the activation of an active account", "users/resend_activation", {"email": "alice@example.org"}),
    Request("log in with a wrong password", "jwt/create", {"username": "alice", "password": SECOND}),
    Request("log in", "jwt/create", {"username": "alice", "password": FIRST}),
    own("see oneself", "users/me", method="GET"),
    Request("see oneself as a stranger", "users/me", method="GET"),
    Request("set a password as a stranger", "users/set_password", {"current_password": FIRST, "new_password": SECOND}),
    own("set a weak password", "users/set_password", {"current_password": FIRST, "new_password": "1234567890"}),
    own("set a password with a wrong one", "users/set_password", {"current_password": "wrong", "new_password": SECOND}),
    own("set a password with none", "users/set_password", {"new_password": SECOND}),
    own("set a password", "users/set_password", {"current_password": FIRST, "new_password": SECOND}),
    Request("set a name as a stranger", "users/set_username", {"current_password": SECOND, "new_username": "alicia"}),
    own("set a name with a wrong password", "users/set_username", {"current_password": "no", "new_username": "alicia"}),
    own("set a taken name", "users/set_username", {"current_password": SECOND, "new_username": "bob"}),
    own("set a name with a blank", "users/set_username", {"current_password": SECOND, "new_username": "a lice"}),
    own("set no name", "users/set_username", {"current_password": SECOND}),
    own("set a name", "users/set_username", {"current_password": SECOND, "new_username": "alicia"}),
    Request("forget the password of a stranger", "users/reset_password", {"email": "nobody@example.org"}),
    Request("forget the password of no address", "users/reset_password", {"email": "none"}),
    Request("forget the name of a stranger", "users/reset_username", {"email": "nobody@example.org"}),
    Request("forget the name", "users/reset_username", {"email": "alice@example.org"}),
    Request("reset to a taken name", "users/reset_username_confirm", LINK | {"new_username": "bob"}),
    Request(
        "reset the name by a wrong token", "users/reset_username_confirm", LINK | {"token": "x", "new_username": "ali"}
    ),
    Request("reset the name", "users/reset_username_confirm", LINK | {"new_username": "alissa"}),
    Request("reset the name again", "users/reset_username_confirm", LINK | {"new_username": "alisson"}),
    Request("forget the name once more", "users/reset_username", {"email": "alice@example.org"}),
    Request("reset the password by that", "users/reset_password_confirm", LINK | {"new_password": THIRD}),
    Request("forget the password", "users/reset_password", {"email": "alice@example.org"}),
    Request("reset to a weak password", "users/reset_password_confirm", LINK | {"new_password": "1234567890"}),
    Request("reset a wrong account", "users/reset_password_confirm", LINK | {"uid": "x", "new_password": THIRD}),
    Request("reset the password", "users/reset_password_confirm", LINK | {"new_password": THIRD}),
    Request("reset the password again", "users/reset_password_confirm", LINK | {"new_password": FIRST}),
    own("see oneself after the reset", "users/me", method="GET"),
    Request("log in after the reset", "jwt/create", {"username": "alissa", "password": THIRD}),
    own("set an address", "users/set_email", {"current_password": THIRD, "new_email": "new@example.org"}),
    own("set an address by the way", "users/me", {"email": "new@example.org"}, "PATCH"),
]  # fmt: skip
MEANT = {
    "ask for the activation of no address": "whatever is typed, the answer is the same",
    "forget the password of no address": "likewise",
    "see oneself": "with roles and profile as well",
    "set an address by the way": "no address is changed unless a mail there is answered",
    "reset the name again": "a used link says that it was used",
    "reset the password by that": "a link is good for one purpose",
    "reset the password again": "a used link says that it was used",
    "see oneself after the reset": "a reset ends every session",
    "set an address": "djoser has it where the address is the username, and then changes it at once",
}


@pytest.fixture(scope="module")
def djosers() -> dict[str, tuple[int, list[str]]]:
    """What djoser answered to each request."""
    program = [sys.executable, str(Path(__file__).with_name("djoser_answers.py"))]
    asked = json.dumps([asdict(request) for request in STORY])
    ran = subprocess.run(program, input=asked, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    answers = json.loads(ran.stdout)
    return {
        request.what: shown(answer["status"], answer["body"]) for request, answer in zip(STORY, answers, strict=True)
    }


def shown(status: int, body: Any) -> tuple[int, list[str]]:
    """The status, and the names in the body. Ours have a ``code`` beside each ``detail``, as all of version 1."""
    return status, sorted(set(body or {}) - {"code"})


def ours(mailbox: Mailbox) -> dict[str, tuple[int, list[str]]]:
    known: dict[str, str] = {}
    answers = {}
    for request in STORY:
        caller = Caller()
        caller.access = known["$access"] if request.logged_in else ""
        body = {name: known.get(value, value) for name, value in request.body.items()}
        answer = caller.call(request.method, f"/api/v1/auth/{request.path}", body or None)
        answers[request.what] = shown(answer.status, answer.body)
        if answer.body and "access" in answer.body:
            known["$access"] = answer.body["access"]
        for message in mailbox.receive():
            for line in text_of(message).splitlines():
                if line.startswith("http"):
                    _, known["$uid"], known["$token"] = line.rsplit("/", 2)
    return answers


def test_each_answer_is_djosers_or_a_difference_that_is_meant(
    activation: None, db: None, mailbox: Mailbox, djosers: dict[str, tuple[int, list[str]]]
) -> None:
    own_answers = ours(mailbox)
    different = {what: (own_answers[what], djosers[what]) for what in djosers if own_answers[what] != djosers[what]}
    assert {what: different[what] for what in different if what not in MEANT} == {}
    assert set(MEANT) <= set(different), "a difference that is none any more"

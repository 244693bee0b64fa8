"""Whatever the server says, or does not say: a sentence, the way on, and a status for programs."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from broadsheet_cli.api import Api
from broadsheet_cli.credentials import Credentials
from broadsheet_cli.errors import Failure, NotLoggedIn, Refused, Unreachable
from broadsheet_cli.sessions import Session

SERVER = "https://news.example"
PAIR = {"access_token": "access", "refresh_token": "next"}
Answers = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Credentials:
    """Of somebody who has logged in."""
    monkeypatch.setenv("BROADSHEET_KEYRING", "off")
    monkeypatch.delenv("BROADSHEET_TOKEN", raising=False)
    kept = Credentials(tmp_path)
    kept.keep(SERVER, "refresh")
    return kept


def session_with(credentials: Credentials, answers: Answers) -> Session:
    """A session at a server that renews tokens, and answers all else so."""

    def server(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=PAIR) if request.url.path.endswith("/refresh") else answers(request)

    session = Session(SERVER, credentials)
    session.http = httpx.Client(base_url=f"{SERVER}/api/v2", transport=httpx.MockTransport(server))
    return session


def said(credentials: Credentials, answers: Answers) -> Failure:
    with pytest.raises(Failure) as failed:
        Api(session_with(credentials, answers)).post("/posts", {"title": "x"})
    return failed.value


def refuses(status: int, problem: object = None, **headers: str) -> Answers:
    return lambda _: httpx.Response(status, json=problem, headers=headers)


@pytest.mark.parametrize(
    ("status", "problem", "headers", "sentence"),
    [
        (409, {"code": "slug_taken", "detail": "Another post has this slug."}, {}, "Another post has this slug."),
        (410, {"code": "version_sunset", "title": "Version 2 has ended."}, {}, "Version 2 has ended. Install a newer"),
        (413, {"code": "body_too_large", "title": "The body is too large."}, {}, "too large. Make it smaller"),
        (422, {"code": "image_refused", "detail": "It is no picture."}, {}, "It is no picture."),
        (429, {"code": "rate_limited", "title": "Too often."}, {"Retry-After": "120"}, "Run it again in 120 s"),
        (503, {"code": "overloaded", "title": "Busy."}, {"Retry-After": "90"}, "Busy. Run it again in 90 s"),
        (502, None, {}, "The server answered 502. Run it again in 1 s."),
    ],
)
def test_refusal_says_why_and_what_to_do(
    credentials: Credentials, status: int, problem: object, headers: dict[str, str], sentence: str
) -> None:
    failure = said(credentials, refuses(status, problem, **headers))
    assert sentence in str(failure)
    assert (type(failure), failure.exit_code) == (Refused, 1)


def test_page_of_another_program_is_no_failure_of_ours(credentials: Credentials) -> None:
    failure = said(credentials, lambda _: httpx.Response(504, html="<h1>Gateway Timeout</h1>"))
    assert (failure.code, "Gateway" in str(failure)) == ("http_504", False)


@pytest.mark.parametrize(
    "problem", [{"file": ["The submitted file is empty."]}, {"file": ["The submitted file", "is empty."]}]
)
def test_refusal_of_version_1_names_the_field(credentials: Credentials, problem: object) -> None:
    told = said(credentials, refuses(400, problem)).told()
    assert (told["code"], told["fields"]) == ("validation_failed", {"/file": "The submitted file is empty."})
    assert told["detail"] == "/file: The submitted file is empty."


def test_too_many_uploads_concern_large_pictures_alone(credentials: Credentials) -> None:
    refusal = refuses(429, {"code": "too_many_uploads", "detail": "Finish one."}, **{"Retry-After": "120"})
    assert not said(credentials, refusal).ends_all


class InTurn:
    """Answers with one after another, and counts."""

    def __init__(self, *answers: httpx.Response | type[httpx.TransportError]) -> None:
        self.asked = 0
        self._answers = answers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("Broken.", request=request)


EXPIRED = httpx.Response(401, json={"code": "token_expired", "title": "The access token has expired."})
BUSY = httpx.Response(429, json={"code": "rate_limited"}, headers={"Retry-After": "7"})
FULL = httpx.Response(429, json={"code": "rate_limited"}, headers={"Retry-After": "1"})
HELD = httpx.Response(
    409, json={"code": "idempotency_in_progress", "title": "It goes on."}, headers={"Retry-After": "1"}
)
DONE = httpx.Response(200, json={})


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


def test_token_that_ends_during_a_wait_is_renewed(credentials: Credentials, waits: list[float]) -> None:
    Api(session_with(credentials, answers := InTurn(BUSY, EXPIRED, DONE))).get("/me")
    assert (answers.asked, waits) == (3, [7.0])


def test_new_token_that_is_not_accepted_ends_the_session(credentials: Credentials) -> None:
    failure = said(credentials, InTurn(EXPIRED))
    assert (type(failure), failure.ends_all) == (NotLoggedIn, True)
    assert str(failure) == "The access token has expired. `broadsheet-cli login`, and run it again."


def test_room_that_others_took_is_waited_for_again(credentials: Credentials, waits: list[float]) -> None:
    """All senders of a push are told to wait at once, and may come back to room for some of them."""
    Api(session_with(credentials, InTurn(*[FULL] * 8, DONE))).get("/me")
    assert waits == [1, 1, 2, 3, 4, 5, 6, 7]


def test_nobody_waits_for_more_than_a_minute_in_all(credentials: Credentials, waits: list[float]) -> None:
    assert said(credentials, InTurn(FULL)).ends_all
    assert 45 < sum(waits) <= 60


def test_request_of_a_run_that_was_killed_is_waited_for(credentials: Credentials, waits: list[float]) -> None:
    """Its claim holds for a minute where its process has died."""
    failure = said(credentials, InTurn(HELD))
    assert "run it again in a minute" in str(failure)
    assert 75 < sum(waits) <= 90


REPEATABLE: list[tuple[str, dict[str, str]]] = [
    ("GET", {}),
    ("HEAD", {}),
    ("PATCH", {"If-Match": '"1"'}),
    ("PATCH", {"Upload-Offset": "0"}),
    ("POST", {"Idempotency-Key": "x"}),
]


@pytest.mark.parametrize(("method", "headers"), REPEATABLE)
@pytest.mark.parametrize("broken", [httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError])
def test_broken_connection_is_not_told_where_repeating_is_safe(
    credentials: Credentials, method: str, headers: dict[str, str], broken: type[httpx.TransportError]
) -> None:
    api = Api(session_with(credentials, InTurn(broken, DONE)))
    assert api.request(method, "/posts", headers=headers).status_code == 200


@pytest.mark.parametrize(("headers", "asked"), [({}, 1), ({"Idempotency-Key": "x"}, 2)])
def test_broken_connection_is_told_at_once_or_the_second_time(
    credentials: Credentials, headers: dict[str, str], asked: int
) -> None:
    api = Api(session_with(credentials, answers := InTurn(httpx.ReadError)))
    with pytest.raises(Unreachable):
        api.request("POST", "/posts", headers=headers)
    assert answers.asked == asked


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("No route to host", request=request)


def test_lost_network_is_told_with_the_way_on(credentials: Credentials) -> None:
    failure = said(credentials, lost)
    assert (type(failure), failure.exit_code) == (Unreachable, 5)
    assert str(failure) == f"{SERVER} does not answer: No route to host. Run it again when it does."


def test_ended_session_says_how_to_log_in(credentials: Credentials) -> None:
    session = Session(SERVER, credentials)
    session.http = httpx.Client(base_url=SERVER, transport=httpx.MockTransport(refuses(401, {"code": "session_ended"})))
    with pytest.raises(NotLoggedIn, match="broadsheet-cli login"):
        Api(session).get("/me")


@pytest.mark.parametrize("answers", [refuses(204), refuses(503), lost], ids=["done", "busy", "no network"])
def test_log_out_leaves_no_secret_here_whatever_the_server_says(credentials: Credentials, answers: Answers) -> None:
    session = session_with(credentials, answers)
    try:
        session.end()
    except Unreachable:
        assert answers is lost
    assert credentials.secret(SERVER) is None

"""The one shape of log lines, and what must never be in them."""

import io
import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from chassis.logging import bind_request, bind_user, configure, get_logger, pseudonym
from chassis.settings import ServiceSettings
from chassis.testing import TokenMint

from chassis import tracing

ALICE = UUID("01930000-0000-7000-8000-000000000001")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(press_settings: ServiceSettings) -> Iterator[Lines]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure(press_settings, "web", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level


def test_framework_and_application_lines_have_one_shape(lines: Lines) -> None:
    get_logger().info("ours")
    logging.getLogger("framework").info("theirs %s", "too")
    ours, theirs = lines()
    assert ours.keys() == theirs.keys() == {"ts", "level", "service", "version", "env", "process", "event"}
    assert (theirs["event"], theirs["service"], theirs["process"]) == ("theirs too", "press", "web")


def test_what_a_framework_hangs_on_for_its_own_handlers_is_left_out(lines: Lines) -> None:
    hung_on = {"request": "<WSGIRequest: GET '/?q=alice'>", "color_message": "\x1b[1mstarted", "status_code": 503}
    logging.getLogger("framework").warning("started", extra=hung_on)
    assert lines()[0].keys() >= {"status_code"}
    assert not lines()[0].keys() & {"request", "color_message"}


def test_what_is_not_known_of_a_request_is_no_field(lines: Lines) -> None:
    bind_request(request_id=None, job="greet")
    get_logger().info("queued by nobody's request")
    assert "request_id" not in lines()[0]
    assert lines()[0]["job"] == "greet"


def test_warnings_are_lines_of_the_log(press_settings: ServiceSettings, lines: Lines) -> None:
    stream = io.StringIO()
    logging.captureWarnings(capture=False)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        configure(press_settings, "web", stream)
        warnings.warn("this will go", DeprecationWarning, stacklevel=1)
    line = json.loads(stream.getvalue())
    assert line["level"] == "warning"
    assert "DeprecationWarning: this will go" in line["event"]


def test_time_is_utc_with_milliseconds(lines: Lines) -> None:
    get_logger().info("now")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", lines()[0]["ts"])


def test_lines_of_a_request_carry_its_id_trace_and_user(lines: Lines) -> None:
    bind_request(request_id="req-12345678")
    bind_user(ALICE)
    with tracing.span("work"):
        get_logger().info("ours")
        logging.getLogger("framework").warning("theirs")
    for line in lines():
        assert line["request_id"] == "req-12345678"
        assert len(line["trace_id"]) == 32
        assert len(line["user_hash"]) == 16
        assert str(ALICE) not in json.dumps(line)


def test_a_pseudonym_is_told_from_an_id_by_who_has_the_key_alone(press_settings: ServiceSettings) -> None:
    def named(key: str) -> str | None:
        configure(press_settings.model_copy(update={"log_hash_key": key}), "web", io.StringIO())
        return pseudonym(ALICE)

    assert named("k" * 32) == named("k" * 32) != named("l" * 32)
    assert named("") is None


def test_exceptions_are_one_line(lines: Lines) -> None:
    get_logger().error("failed", exc_info=RuntimeError("password=hunter2"))
    (line,) = lines()
    assert "RuntimeError" in line["exception"]
    assert "hunter2" not in line["exception"]


def test_level_holds_for_both(press_settings: ServiceSettings, lines: Lines) -> None:
    get_logger().debug("quiet")
    logging.getLogger("framework").debug("quiet")
    assert lines() == []


def test_planted_secrets_do_not_reach_the_log(lines: Lines, mint: TokenMint) -> None:
    token = mint.access(ALICE, "alice")
    log = get_logger()
    log.info("login", password="hunter2", refresh_token="hunter2", headers={"Authorization": "Basic hunter2"})
    log.info("nested", body={"user": {"new_password": "hunter2", "cookies": ["hunter2"]}})
    log.info("connected", url="postgresql://alice:hunter2@db/auth")
    log.warning(f"refused Bearer {token}")
    logging.getLogger("framework").warning("sent %s", {"api_key": "hunter2"})
    logging.getLogger("framework").warning("got ?token=hunter2&x=1")
    logging.getLogger("framework").warning("mail to alice@news.example")
    text = json.dumps(lines())
    assert len(lines()) == 7
    assert "hunter2" not in text
    assert token.split(".")[2] not in text
    assert "alice@news.example" not in text
    assert "alice:[redacted]@db/auth" in text


def test_what_cannot_be_rendered_does_not_stop_the_work(lines: Lines) -> None:
    class Rude:
        def __str__(self) -> str:
            raise RuntimeError

    get_logger().info("odd", rude=Rude(), keys={(1, 2): 3}, number=1)
    (line,) = lines()
    assert (line["event"], line["level"]) == ("odd", "info")

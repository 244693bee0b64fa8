"""What `make lint` finds missing, in a made-up repository with a service called press."""

from pathlib import Path

import pytest

from tests.registries import events

DECLARED = """
@event("press.article.printed.v1", aggregate="article", id_field="article_id")
class ArticlePrinted(EventData): ...
"""
LISTED = (
    "PUBLISHES: tuple[type[EventData], ...] = (ArticlePrinted,)\nHANDLERS = {'press.article.printed.v1': file_it}\n"
)
PUBLISHED = "publish(ArticlePrinted(), sequence=1)\n"
CLASS = "services/press/press_service/articles/events.py: ArticlePrinted"
ISSUES = "services/press/press_service/issues.py"
LIST = "services/press/press_service/events.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    package = tmp_path / "services/press/press_service"
    files = {"articles/events.py": DECLARED, "events.py": LISTED, "articles/services.py": PUBLISHED}
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    (tmp_path / "contracts/events").mkdir(parents=True)
    (tmp_path / "contracts/events/press.article.printed.v1.schema.json").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "missing"),
    [
        (LIST, LISTED, []),
        (
            LIST,
            LISTED.replace("(ArticlePrinted,)", "()"),
            [f"{CLASS} is not in PUBLISHES of {LIST}"],
        ),
        (
            "services/press/press_service/articles/services.py",
            "from press_service.articles.events import ArticlePrinted",
            [f"{CLASS} is published by nobody; declare an event when its publisher is written"],
        ),
        (
            LIST,
            LISTED.replace("'press.", "'post."),
            [f"{LIST}: HANDLERS has post.article.printed.v1, which nobody declares"],
        ),
        (
            "contracts/events/press.issue.sold.v1.schema.json",
            "{}",
            ["contracts/events/press.issue.sold.v1.*: promised, and declared by nobody; delete them"],
        ),
        (
            ISSUES,
            DECLARED.replace("press.article", "blog.article").replace("ArticlePrinted", "IssueSold"),
            [
                f"{ISSUES}: IssueSold is blog.article.printed.v1, which belongs to another service",
                f"{ISSUES}: IssueSold is not in PUBLISHES of {LIST}",
                f"{ISSUES}: IssueSold is published by nobody; declare an event when its publisher is written",
                "contracts/events/blog.article.printed.v1.*: missing; run `broadsheet blog events schema write`",
            ],
        ),
    ],
)
def test_an_event_that_is_forgotten_somewhere_is_named(root: Path, file: str, text: str, missing: list[str]) -> None:
    (root / file).write_text(text)
    assert list(events.problems(root)) == missing

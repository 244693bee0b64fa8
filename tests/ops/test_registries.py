"""What `make lint` finds missing: in a made-up repository with a service called press, and in a copy of this one."""

import re
import shutil
from pathlib import Path

import pytest

from tests.registries import events, handlers, problems, routes, watching

ROOT = Path(__file__).parents[2]
GATEWAY_RULES = "ops/rules/gateway.yaml"

DECLARED = """
@event("press.article.printed.v1", aggregate="article", id_field="article_id")
class ArticlePrinted(EventData): ...
"""
LISTED = (
    "PUBLISHES: tuple[type[EventData], ...] = (ArticlePrinted,)\nHANDLERS = {'press.article.printed.v1': file_it}\n"
)
HANDLER = "def file_it(event: Event) -> None: ..."
PUBLISHED = "publish(ArticlePrinted(), sequence=1)\n"
CLASS = "services/press/press_service/articles/events.py: ArticlePrinted"
ISSUES = "services/press/press_service/issues.py"
LIST = "services/press/press_service/events.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    package = tmp_path / "services/press/press_service"
    files = {"articles/events.py": DECLARED, "events.py": LISTED, "articles/services.py": PUBLISHED}
    files["articles/handlers.py"] = HANDLER
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    (tmp_path / "contracts/events").mkdir(parents=True)
    (tmp_path / "contracts/events/press.article.printed.v1.schema.json").touch()
    return tmp_path


OPTIONAL = DECLARED.replace('"article_id")', '"article_id", optional_subscribers=True)')
LOST = "without a queue it is lost; no optional_subscribers"
READER = "services/reader/reader_service"


@pytest.mark.parametrize(
    ("reads", "missing"),
    [
        (
            "'press.article.printed.v1': keep",
            [f"{CLASS}: press.article.printed.v1 is handled by reader: {LOST}"],
        ),
        ("", []),  # press handles it itself, whose relay makes the queue
    ],
)
def test_an_event_that_may_be_lost_before_its_handler_is_there_is_named(
    root: Path, reads: str, missing: list[str]
) -> None:
    (root / "services/press/press_service/articles/events.py").write_text(OPTIONAL)
    (root / READER).mkdir(parents=True)
    (root / READER / "events.py").write_text(f"PUBLISHES = ()\nHANDLERS = {{{reads}}}\n")
    (root / READER / "handlers.py").write_text("def keep(event: Event) -> None: ..." if reads else "")
    assert list(events.problems(root)) == missing


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
            [
                f"{CLASS}: press.article.printed.v1 is handled by nobody; say optional_subscribers=True",
                f"{LIST}: HANDLERS has post.article.printed.v1, which nobody declares",
            ],
        ),
        (
            LIST,
            LISTED.replace("file_it", "burn_it"),
            [
                f"{LIST}: HANDLERS has burn_it, which no handlers.py defines",
                "services/press/press_service/articles/handlers.py: file_it is in no HANDLERS",
            ],
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
                f"{ISSUES}: IssueSold: blog.article.printed.v1 is handled by nobody; say optional_subscribers=True",
                "contracts/events/blog.article.printed.v1.*: missing; run `broadsheet blog events schema write`",
            ],
        ),
    ],
)
def test_an_event_that_is_forgotten_somewhere_is_named(root: Path, file: str, text: str, missing: list[str]) -> None:
    (root / file).write_text(text)
    assert list(events.problems(root)) == missing


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What of this repository is looked at."""
    copy = tmp_path_factory.mktemp("repository")
    for folder in ("services", "launcher", "docker", "charts", "contracts"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    return copy


@pytest.mark.parametrize(("file", "what", "looks"), handlers.PARTS)
def test_what_a_service_with_handlers_lacks_is_named(copy: Path, file: str, what: str, looks: str) -> None:
    path, what, looks = (text.replace("{s}", "media") for text in (file, what, looks))
    text = (copy / path).read_text()
    (copy / path).write_text(re.sub(looks, "", text, flags=re.MULTILINE))
    try:
        assert f"{path}: HANDLERS of media needs the {what}" in list(handlers.problems(copy))
    finally:
        (copy / path).write_text(text)


def test_a_row_in_handlers_asks_for_its_queue_alone(copy: Path) -> None:
    registry = copy / "services/media/media_service/events.py"
    text = registry.read_text()
    row = re.sub(r"(HANDLERS.*?) = {.*?}", r'\1 = {"blog.post.deleted.v1": forget}', text, flags=re.DOTALL)
    assert row != text
    registry.write_text(row)
    try:
        assert list(handlers.problems(copy)) == [
            f"{handlers.QUEUES}: not the queues that the services' HANDLERS say; run `make chart`"
        ]
        assert handlers.consumed(copy)["media-consumer"] == ["media.blog-events"]
    finally:
        registry.write_text(text)


@pytest.mark.parametrize(
    ("file", "before", "after", "missing"),
    [
        (
            routes.GATEWAY,
            "methods: {GET: , PUT: *with_pictures, PATCH: *with_pictures, DELETE: }",
            "methods: {GET: , PUT: *with_pictures, PATCH: *with_pictures}",
            [f"{routes.GATEWAY}: no route to blog for DELETE /api/v1/posts/{{slug}}"],
        ),
        (
            routes.GATEWAY,
            "path: /api/v1/tags",
            "path: /api/v1/labels",
            [
                f"{routes.GATEWAY}: no route to blog for GET /api/v1/tags",
                "contracts/openapi/blog.json: no operation GET /api/v1/labels, which is routed",
            ],
        ),
        (
            "contracts/openapi/media.json",
            '"/api/v1/media/{asset_id}/content"',
            '"/api/v1/media/{asset_id}/bytes"',
            [
                f"{routes.GATEWAY}: no route to media for GET /api/v1/media/{{asset_id}}/bytes",
                "contracts/openapi/media.json: no operation GET /api/v1/media/{id}/content, which is routed",
            ],
        ),
    ],
)
def test_an_operation_without_a_route_and_a_route_without_an_operation_are_named(
    copy: Path, file: str, before: str, after: str, missing: list[str]
) -> None:
    text = (copy / file).read_text()
    assert text.count(before) == 1
    (copy / file).write_text(text.replace(before, after))
    try:
        assert list(routes.problems(copy)) == missing
    finally:
        (copy / file).write_text(text)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('raise Problem(404, "news_not_found", "There is none.")', True),
        ('raise NewsRefused("news_not_found")', True),
        ('super().__init__(403, "news_not_found", "There is none.")', True),
        ('KNOWN = {Http404: (404, "news_not_found", "There is none.")}', True),
        ('Parameter("q", refused_as="news_not_found")', True),
        ('Problem(404, "not_found", "There is none.")', False),
        ('FieldError("/title", "news_not_found", "It is wrong.")', False),
        ('Response(404, "There is none.")', False),
    ],
)
def test_a_code_without_a_page_is_named(copy: Path, code: str, found: bool) -> None:
    file = copy / "services/media/media_service/news.py"
    file.write_text(code)
    try:
        said = f"{problems.CATALOGUE}: no news_not_found, which is in services/media/media_service/news.py"
        assert list(problems.problems(copy)) == ([said] if found else [])
    finally:
        file.unlink()


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """The rules and dashboards of this repository, to be broken."""
    shutil.copytree(ROOT / "ops", tmp_path / "ops")
    return tmp_path


def test_rules_and_dashboards_are_taken(watched: Path) -> None:
    assert list(watching.problems(watched)) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (GATEWAY_RULES, "groups:", "groups: [", f"{GATEWAY_RULES}: is no YAML: .*line "),
        (GATEWAY_RULES, "groups:", "gruops:", f"{GATEWAY_RULES}: is no list of groups with rules"),
        (GATEWAY_RULES, "severity: page", "severe: page", f"{GATEWAY_RULES}: GatewayErrorsBurnFast has no severity"),
        ("ops/dashboards/jobs.json", "{", "{,", "ops/dashboards/jobs.json: is no JSON: "),
        ("ops/dashboards/jobs.json", '"panels"', '"panles"', "ops/dashboards/jobs.json: has no panels with a title"),
        ("ops/dashboards/jobs.json", '"targets"', '"tragets"', "ops/dashboards/jobs.json: has no panels with a title"),
    ],
)
def test_a_broken_file_of_rules_or_a_dashboard_is_named(
    watched: Path, file: str, before: str, after: str, said: str
) -> None:
    text = (watched / file).read_text()
    assert before in text
    (watched / file).write_text(text.replace(before, after, 1))
    assert re.match(said, next(watching.problems(watched)))


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed (Debian: prometheus)")
def test_a_query_that_prometheus_cannot_read_is_named(watched: Path) -> None:
    file = watched / GATEWAY_RULES
    file.write_text(file.read_text().replace("sum(rate(", "sum(rat(", 1))
    (said,) = watching.problems(watched)
    assert said.startswith(f"{GATEWAY_RULES}: ")
    assert 'unknown function with name "rat"' in said

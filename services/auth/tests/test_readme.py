"""The README's tables are complete."""

from pathlib import Path

from auth_service.commands import COMMANDS
from auth_service.events import PUBLISHES
from auth_service.settings import AuthSettings
from chassis.settings import catalogue

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_it_has_every_setting_of_auth_with_its_meaning() -> None:
    own = [info for info in catalogue(AuthSettings) if info.name.startswith("AUTH_") and info.name != "AUTH_URL"]
    for info in own:
        assert f"| `{info.name}` |" in README
        assert f"| {info.description} |" in README


def test_it_has_every_event_and_every_command() -> None:
    for event in PUBLISHES:
        assert f"`{event.event_type.name}`" in README
    for command in COMMANDS:
        assert command in README

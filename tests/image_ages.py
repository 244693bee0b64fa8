"""How long ago somebody looked at each image of others that Compose, devinfra and the Dockerfile name."""

from datetime import UTC, date, datetime
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
LIST: dict[str, date] = yaml.safe_load((ROOT / "docker/base-images.yaml").read_text())


def ages(today: date) -> list[str]:
    """A line for each image, the oldest look last."""
    by_day = sorted(LIST.items(), key=lambda item: item[1], reverse=True)
    return [f"{image} was looked at {(today - day).days} days ago" for image, day in by_day]


if __name__ == "__main__":
    print(*ages(datetime.now(UTC).date()), sep="\n")

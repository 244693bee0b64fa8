"""Data of the repository that is packaged with the chassis: links to ``ops/`` and ``contracts/`` beside this file."""

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML has libyaml


def read_yaml(name: str) -> Any:
    """What a YAML file says."""
    text = Path(__file__).with_name(name).read_bytes()
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  it is the safe one

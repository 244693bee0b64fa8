"""What operations are called in OpenAPI, so that generated clients have names a person would choose.

A name is made of the path and the method, such as ``v1.posts.list``: words of the path, then what is done. Paths of
which that makes no good name are listed in ``contracts/operations.yaml``.
"""

import re
from functools import cache

from chassis import packaged_data

_VERSION = re.compile(r"/api/(v[0-9]+)/(?:auth/)?")
_DOES = {"POST": "create", "PUT": "replace", "PATCH": "change", "DELETE": "delete"}


def operation_name(method: str, path: str) -> str:
    """The id of an operation, unique in all contracts; the version stands in front of those that have one."""
    version = _VERSION.match(path)
    listed = _listed().get(path, {}).get(method)
    if listed or version is None:
        return ".".join(filter(None, (version and version[1], listed or _made(method, path))))
    return f"{version[1]}.{_made(method, path[version.end() - 1 :])}"


def without_version(name: str) -> str:
    """The name in a document of one version alone."""
    return re.sub(r"^v[0-9]+\.", "", name)


def _made(method: str, path: str) -> str:
    segments = path.strip("/").split("/")
    words = [_word(part) for segment in segments for part in segment.split(":") if "{" not in part]
    if method in _DOES and (_is_deed(segments[-1]) and method == "POST"):
        return ".".join(words)
    return ".".join([*words, _DOES.get(method) or ("list" if _is_many(segments[-1]) else "read")])


def _word(segment: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", segment.lower())


def _is_deed(segment: str) -> bool:
    """Whether the last word of a path is what is done: ``publish``, ``posts:batch-get``, ``set_password``."""
    return segment in _verbs() or ":" in segment or ("_" in segment.strip("{}") and "{" not in segment)


def _is_many(segment: str) -> bool:
    return "{" not in segment and segment.endswith("s")


@cache
def _listed() -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = packaged_data.read_yaml("operations.yaml")["names"]
    return names


@cache
def _verbs() -> frozenset[str]:
    return frozenset(packaged_data.read_yaml("operations.yaml")["verbs"])

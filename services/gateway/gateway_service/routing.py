"""Finds the route of a path: a tree of segments, fixed ones by dictionary: the cost does not grow with routes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from chassis.access import Access, Method, find

from gateway_service.config import Keep, Limits, Route, Whose
from gateway_service.messages import Header, encoded

_REMEMBERED_PATHS = 500
_FIELD = re.compile(r"\{[a-z_]+\}")


@dataclass(frozen=True)
class Rule:
    """What is allowed with one method of a route: to whom each ``access`` allows it, and ``shadow`` would."""

    access: tuple[Access, ...]
    shadow: Access | None
    limits: Limits
    rates: tuple[str, ...]
    keep: Keep | None = None  # answers, for everybody
    compress: Whose | None = None  # what GET gives, so that all methods know its entity tags

    @cached_property
    def required(self) -> tuple[Access, ...]:
        """The rules of ``access`` that can refuse anybody."""
        return tuple(access for access in self.access if access.auth == "required")


@dataclass(frozen=True, slots=True)
class Target:
    """A route, ready for use."""

    template: str
    upstream: str
    rules: dict[str, Rule]
    allow: str
    options: tuple[Header, ...]  # of the answer to OPTIONS
    stream_body: bool
    pictures: bool  # shown at the host of pictures
    headers: frozenset[bytes]  # that pass on this route alone


@dataclass(slots=True)
class _Node:
    fixed: dict[str, "_Node"] = field(default_factory=dict)
    shaped: list[tuple[re.Pattern[str], "_Node"]] = field(default_factory=list)
    any: "_Node | None" = None
    target: Target | None = None


class RouteTable:
    """All routes. A fixed segment wins over ``{preset}.{ext}``, which wins over ``{slug}``."""

    def __init__(self, routes: Iterable[Route], limits: Limits) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route, _target(route, limits))
        self.find = lru_cache(maxsize=_REMEMBERED_PATHS)(self._find)
        """The route of a canonical path, or None."""

    def _find(self, path: str) -> Target | None:
        return _descend(self._root, path.split("/"), 1)

    def _add(self, route: Route, target: Target) -> None:
        node = self._root
        for segment in route.path.split("/")[1:]:
            node = _child(node, segment)
        node.target = target


def _child(node: _Node, segment: str) -> _Node:
    if "{" not in segment:
        return node.fixed.setdefault(segment, _Node())
    if _FIELD.fullmatch(segment):
        node.any = node.any or _Node()
        return node.any
    pattern = re.compile("(.+)".join(map(re.escape, _FIELD.split(segment))))
    child = _Node()
    node.shaped.append((pattern, child))
    return child


def _descend(node: _Node, segments: list[str], depth: int) -> Target | None:
    if depth == len(segments):
        return node.target
    segment = segments[depth]
    fixed = node.fixed.get(segment)
    if fixed and (found := _descend(fixed, segments, depth + 1)):
        return found
    for pattern, child in node.shaped:
        if pattern.fullmatch(segment) and (found := _descend(child, segments, depth + 1)):
            return found
    return _descend(node.any, segments, depth + 1) if node.any else None


def _target(route: Route, limits: Limits) -> Target:
    rules: dict[str, Rule] = {method: _rule(method, route, limits) for method in route.methods}
    if "GET" in rules:
        rules["HEAD"] = rules["GET"]
    allow = ", ".join(sorted([*rules, "OPTIONS"]))
    options = ((b"allow", allow.encode()), *encoded(route.options))
    return Target(route.path, route.upstream, rules, allow, options, route.stream_body, route.pictures, _headers(route))


def _headers(route: Route) -> frozenset[bytes]:
    declared = {
        (b"cookie", b"set-cookie"): route.cookies,
        (b"x-accel-redirect",): route.accel,
        (b"surrogate-key", b"cache-tag"): route.surrogate_keys,
    }
    return frozenset(name for names, passes in declared.items() if passes for name in names)


def _rule(method: Method, route: Route, limits: Limits) -> Rule:
    policy = route.methods[method]
    shadow = policy.own_access if policy.shadow else None
    access = (find(method, route.path), None if shadow else policy.own_access)
    own = policy.model_dump(include=set(Limits.model_fields), exclude_none=True)
    keep = route.cache if method == "GET" else None
    return Rule(tuple(filter(None, access)), shadow, limits.model_copy(update=own), policy.rates, keep, route.compress)

"""A service's answers held to its contract, ``contracts/openapi/<service>.json``, by the clients of its tests."""

import json
import re
from functools import cached_property
from http import HTTPStatus
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from chassis.events.testing import contracts
from chassis.openapi import ONCE, Document, refusal
from chassis.problem_catalogue import reasons

CATALOGUE = "contracts/problems.yaml"
NOT_OFFERED = (401, 404, 405)
"""How a path or a method is answered that no contract has."""


class Contract:
    """The committed contract of a service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._validators: dict[str, Validator] = {}

    def hold(self, method: str, path: str, status: int, content_type: str, body: bytes) -> None:
        """Raise AssertionError, naming the operation, unless the answer is one that it documents."""
        found = self._find(path)
        if found is None and not path.startswith("/api/"):
            return  # of the service's inside
        operation = self._paths.get(found or "", {}).get("get" if method == "HEAD" else method.lower())
        documented = operation["responses"] if operation else dict.fromkeys(map(str, NOT_OFFERED))
        where = f"{method} {found or path} of {self.service}: {status}"
        assert str(status) in documented or status in ONCE, f"{where} is not in the contract ({', '.join(documented)})"
        if method != "HEAD":
            self._hold_body(self._content(documented.get(str(status)), path, status), content_type, body, where)

    def _hold_body(self, content: Document, content_type: str, body: bytes, where: str) -> None:
        media_type = content_type.partition(";")[0]
        if not content:
            assert not body, f"{where} has a body, and none in the contract"
            return
        accepted = [each for each in (media_type, f"{media_type.partition('/')[0]}/*") if each in content]
        assert accepted, f"{where} is {media_type or 'nothing'}, in the contract {', '.join(content)}"
        if media_type.endswith("json"):
            schema, said = content[accepted[0]]["schema"], json.loads(body)
            faults = [f"{fault.json_path}: {fault.message}" for fault in self._validator(schema).iter_errors(said)]
            assert not faults, f"{where} is not as in the contract: {faults}"
            code = said.get("code") if isinstance(said, dict) and {"detail", "code"} <= said.keys() else None
            assert code is None or code in reasons(), f"{where} has a code without a page: add {code} to {CATALOGUE}"

    def _validator(self, schema: Document) -> Validator:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(
                _closed({"components": self._document["components"]}) | _closed(schema)
            )
        return self._validators[key]

    def _content(self, response: Document | None, path: str, status: int) -> Document:
        """The media types and schemas of an answer that an operation lists, or of one that the contract lists once."""
        if status == HTTPStatus.NOT_MODIFIED:
            return {}
        name = response.get("$ref", "").rpartition("/")[2] if response else refusal(path, status)
        found: Document = self._document["components"]["responses"][name] if name else response or {}
        content: Document = found.get("content", {})
        return content

    def _find(self, path: str) -> str | None:
        """The path as the contract has it; one without fields before those with. A slash at the end says nothing."""
        asked = path.rstrip("/")
        return next((template for template, pattern in self._patterns if pattern.fullmatch(asked)), None)

    @cached_property
    def _document(self) -> Document:
        document: Document = json.loads((contracts().parent / "openapi" / f"{self.service}.json").read_text())
        return document

    @property
    def _paths(self) -> Document:
        paths: Document = self._document["paths"]
        return paths

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        templates = sorted(self._paths, key=lambda template: template.count("{"))
        return [(each, re.compile(re.sub(r"\\\{.+?\\\}", "[^/]+", re.escape(each)))) for each in templates]


def _closed(node: Any) -> Any:
    """Schemas with nothing allowed that they do not name, unless they say so themselves."""
    if isinstance(node, dict):
        closed = {name: _closed(below) for name, below in node.items()}
        return {"additionalProperties": False} | closed if "properties" in node and "type" in node else closed
    return [_closed(item) for item in node] if isinstance(node, list) else node

"""Requests that schemathesis makes of a service's OpenAPI document, some as it says and some not."""

import json
import os
from typing import Any, NamedTuple

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from launcher import ROOT

Operation = APIOperation[Any, Any, Any, Any]
GENERATED = settings(
    derandomize="CI" in os.environ,  # what is red there is red again here, with CI=1
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Sent(NamedTuple):
    method: str
    path: str
    body: bytes
    headers: dict[str, str]


def operations(service: str) -> dict[str, Operation]:
    """Those of its contract, by method and path."""
    document = json.loads((ROOT / f"contracts/openapi/{service}.json").read_text())
    found = schemathesis.openapi.from_dict(document).get_all_operations()
    return {each.ok().label: each.ok() for each in found if isinstance(each, Ok)}


def cases(operation: Operation) -> st.SearchStrategy[Case[Any]]:
    """As the contract has them, and as it does not."""
    return st.sampled_from(GenerationMode).flatmap(operation.as_strategy)


def sent(case: Case[Any]) -> Sent:
    """The request as a test's client takes it; who asks is the test's to say."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    headers = {name: str(value) for name, value in prepared.headers.items() if name not in {"Authorization", "Cookie"}}
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    assert isinstance(body, bytes)  # nothing is streamed
    return Sent(case.method, prepared.path_url, body, headers)

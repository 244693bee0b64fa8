"""Requests that schemathesis makes of the OpenAPI document, some as it says and some not: no answer is a 500.

The client of the tests holds every answer to the contract: status, type and body.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from auth_service.testing import Caller
from chassis.django.testing import ApiResponse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

DOCUMENT = json.loads((Path(__file__).parents[3] / "contracts/openapi/auth.json").read_text())
Operation = APIOperation[Any, Any, Any, Any]
OPERATIONS: dict[str, Operation] = {
    found.ok().label: found.ok()
    for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    if isinstance(found, Ok)
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_answer_is_one_that_the_contract_has(alice: Caller, operation: Operation, data: Any) -> None:
    case = data.draw(st.sampled_from(GenerationMode).flatmap(operation.as_strategy))
    for caller in (alice, Caller()):
        assert send(caller, case).status < 500


def send(caller: Caller, case: Case[Any]) -> ApiResponse:
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    headers = {name: str(value) for name, value in prepared.headers.items() if name not in {"Authorization", "Cookie"}}
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    return caller.call(case.method, prepared.path_url, body, **headers)

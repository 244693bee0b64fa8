"""No answer to a request that schemathesis makes of the OpenAPI document is a 500.

The client of the tests holds every answer to the contract: status, type and body.
"""

from typing import Any

import pytest
from auth_service.testing import Caller
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.generated_requests import GENERATED, Operation, cases, operations, sent

OPERATIONS = operations("auth")


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@settings(GENERATED, max_examples=4)
@given(data=st.data())
def test_every_answer_is_one_that_the_contract_has(alice: Caller, operation: Operation, data: Any) -> None:
    request = sent(data.draw(cases(operation)))
    for caller in (alice, Caller()):
        assert caller.call(request.method, request.path, request.body, **request.headers).status < 500

"""How RealWorld's dialect says what is refused."""

import pytest
from chassis.problem_catalogue import reasons
from chassis.problems import FieldError, Problem, invalid_fields
from chassis.realworld import realworld_response
from chassis.tokens import TokenRefused


def told(problem: Problem) -> tuple[int, object]:
    answer = realworld_response(problem)
    return answer.status, answer.body["errors"]


@pytest.mark.parametrize(
    ("pointer", "code", "told_of", "sentence"),
    [
        ("/user/email", "blank", "email", "can't be blank"),
        ("/article/title", "required", "title", "can't be blank"),
        ("/article/tagList/3", "null", "tagList", "can't be blank"),
        ("/new_password", "min_length", "password", "It is too short."),
        ("/user", "required", "user", "can't be blank"),
        ("", "invalid", "body", "It is too short."),
    ],
)
def test_wrong_field_is_422_under_its_own_name(pointer: str, code: str, told_of: str, sentence: str) -> None:
    fault = FieldError(pointer, code, "It is too short.")
    assert told(invalid_fields([fault])) == (422, {told_of: [sentence]})


def test_taken_values_alone_are_409() -> None:
    taken, blank = FieldError("/username", "taken", "Taken."), FieldError("/email", "blank", "Blank.")
    assert told(invalid_fields([taken])) == (409, {"username": ["has already been taken"]})
    assert told(invalid_fields([taken, blank]))[0] == 422


def test_refusals_are_said_of_a_noun_or_of_the_body() -> None:
    assert told(Problem(404, "post_not_found", "There is no such post.")) == (404, {"article": ["not found"]})
    assert told(Problem(429, "rate_limited", "Slowly.")) == (429, {"body": ["Slowly."]})
    assert all(isinstance(said, list) for each in reasons().values() for said in (each.realworld or {}).values())


def test_401_names_the_scheme_of_the_dialect() -> None:
    headers = realworld_response(TokenRefused("token_missing")).headers
    assert headers["WWW-Authenticate"].startswith("Token error=")
    assert headers["Content-Type"] == "application/json"

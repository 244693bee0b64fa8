"""The bodies of refusals."""

import pytest
from chassis.problems import FieldError, Problem, invalid_fields, problem_response


def told(problem: Problem, path: str = "/api/v2/posts") -> tuple[int, dict[str, object], dict[str, str]]:
    it = problem_response(problem, path=path, request_id="req-12345678", public_url="https://host")
    return it.status, it.body, it.headers


def test_v2_is_problem_json() -> None:
    status, body, headers = told(Problem(404, "not_found", "There is no such post."))
    assert status == 404
    assert headers["Content-Type"] == "application/problem+json"
    assert body == {
        "type": "https://host/problems/not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such post.",
        "code": "not_found",
        "instance": "/api/v2/posts",
        "request_id": "req-12345678",
    }


def test_v1_is_detail_and_code() -> None:
    status, body, headers = told(Problem(404, "not_found", "There is no such post."), "/api/v1/posts/x")
    assert (status, body) == (404, {"detail": "There is no such post.", "code": "not_found"})
    assert headers["Content-Type"] == "application/json"


TITLE = FieldError("/title", "required", "This field is required.")


def test_wrong_fields_are_422_with_pointers_in_v2() -> None:
    status, body, _ = told(invalid_fields([TITLE]))
    assert status == body["status"] == 422
    assert body["errors"] == [{"pointer": "/title", "code": "required", "detail": "This field is required."}]


def test_wrong_fields_are_400_by_name_in_v1() -> None:
    assert told(invalid_fields([TITLE]), "/api/v1/posts")[:2] == (400, {"title": ["This field is required."]})


@pytest.mark.parametrize(
    ("errors", "body"),
    [
        ([FieldError("/images/0/media", "x", "A")], {"images": [{"media": ["A"]}]}),
        ([FieldError("/images/2/media", "x", "A")], {"images": [{}, {}, {"media": ["A"]}]}),
        (
            [FieldError("/images/0/media", "x", "A"), FieldError("/images", "x", "B")],
            {"images": {"non_field_errors": ["B"], "0": {"media": ["A"]}}},
        ),
        ([FieldError("/title", "x", "A"), FieldError("/title", "x", "B")], {"title": ["A", "B"]}),
        ([FieldError("", "x", "A")], {"non_field_errors": ["A"]}),
        ([FieldError("", "x", "A"), TITLE], {"non_field_errors": ["A"], "title": [TITLE.detail]}),
        ([FieldError("/profile/a~1b", "x", "A")], {"profile": {"a/b": ["A"]}}),
        ([FieldError("/7", "x", "A")], {"7": ["A"]}),
        ([FieldError("/profile/999999999999", "x", "A")], {"profile": {"999999999999": ["A"]}}),
    ],
)
def test_v1_errors_are_nested_like_the_body(errors: list[FieldError], body: dict[str, object]) -> None:
    assert told(invalid_fields(errors), "/api/v1/posts")[1] == body


def test_401_names_the_scheme_and_503_says_when_to_come_back() -> None:
    assert told(Problem(401, "invalid_credentials", "Wrong."))[2]["WWW-Authenticate"].startswith("Bearer error=")
    assert told(Problem(503, "keys_unavailable", "Later."))[2]["Retry-After"] == "1"
    assert told(Problem(429, "rate_limited", "Later.", headers={"Retry-After": "30"}))[2]["Retry-After"] == "30"


def test_members_stand_beside_the_usual_ones_in_both_versions() -> None:
    problem = Problem(422, "image_refused", "It is truncated.", members={"cause": "truncated"})
    assert told(problem)[1]["cause"] == "truncated"
    status, body, _ = told(problem, "/api/v1/media")
    assert (status, body) == (422, {"detail": "It is truncated.", "code": "image_refused", "cause": "truncated"})


def test_an_answer_names_fifty_faults_at_most() -> None:
    errors = [FieldError(f"/tags/{index}", "blank", "This field may not be blank.") for index in range(60)]
    _, body, _ = told(invalid_fields(errors))
    assert body["errors"] == [
        {"pointer": f"/tags/{index}", "code": "blank", "detail": "This field may not be blank."} for index in range(50)
    ]
    assert len(told(invalid_fields(errors), "/api/v1/posts")[1]["tags"]) == 50  # type: ignore[arg-type]

"""What is made by a POST is made once for an Idempotency-Key, but for what ADR 0077 names."""

import json

from launcher import ROOT

MADE_EACH_TIME = {
    "/api/v1/auth/users",
    "/api/v2/assets/{asset_id}/links",
    "/api/v2/assets/{asset_id}/transforms",
    "/api/v2/me/totp",
    "/api/v2/sessions",
    "/realworld/api/users",
}


def test_each_post_that_makes_something_takes_a_key() -> None:
    taking: dict[str, bool] = {}
    for document in (ROOT / "contracts/openapi").glob("*.json"):
        for path, operations in json.loads(document.read_text())["paths"].items():
            post = operations.get("post", {"responses": {}})
            if "201" in post["responses"]:
                names = {parameter.get("name") for parameter in post.get("parameters", ())}
                taking[path] = "Idempotency-Key" in names
    assert {path for path, takes in taking.items() if not takes} == MADE_EACH_TIME
    assert any(taking.values())

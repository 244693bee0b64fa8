"""Names of operations, made of their paths or listed."""

import pytest
from chassis.operation_names import operation_name, without_version


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/v1/posts", "v1.posts.list"),
        ("POST", "/api/v2/posts", "v2.posts.create"),
        ("GET", "/api/v2/posts/{post_id}", "v2.posts.read"),
        ("PATCH", "/api/v1/posts/{slug}", "v1.posts.change"),
        ("PUT", "/api/v1/posts/{slug}", "v1.posts.replace"),
        ("DELETE", "/api/v1/posts/{slug}", "v1.posts.delete"),
        ("POST", "/api/v1/posts/{slug}/publish", "v1.posts.publish"),
        ("POST", "/api/v2/posts:batch-get", "v2.posts.batch_get"),
        ("GET", "/api/v2/quota", "v2.quota.read"),
        ("POST", "/api/v1/auth/jwt/create", "v1.tokens.create"),
        ("POST", "/api/v2/webhooks/{id}/deliveries/{delivery_id}/redeliver", "v2.webhooks.deliveries.redeliver"),
        ("DELETE", "/api/v2/things/{thing_id}", "v2.things.delete"),
        ("GET", "/posts/{slug}", "pages.post"),
    ],
)
def test_name_is_of_the_path_and_the_method(method: str, path: str, name: str) -> None:
    assert operation_name(method, path) == name


def test_version_is_left_out_where_there_is_one_alone() -> None:
    assert without_version("v2.posts.list") == "posts.list"
    assert without_version("pages.posts") == "pages.posts"

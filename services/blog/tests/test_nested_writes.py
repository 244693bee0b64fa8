"""Posts with their pictures in one request: all of it happens, or nothing."""

import json
from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest
from blog_service.posts.models import Post
from blog_service.sent_pictures.models import SentPicture
from blog_service.sent_pictures.services import pictures_give_up
from blog_service.sent_pictures.tasks import ABANDONED_AFTER, sent_pictures_give_up
from blog_service.testing import Caller, Neighbours
from chassis.django.testing import ApiResponse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

POST = "v1/posts/first-light"
RED, BLUE = b"\x89PNG red", b"\xff\xd8 blue"
FORM = "multipart/form-data; boundary=b"


def part(name: str, content: bytes | str, filename: str | None = None) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"'
    head += "" if filename is None else f'; filename="{filename}"'
    return f"{head}\r\n\r\n".encode() + (content if isinstance(content, bytes) else content.encode()) + b"\r\n"


def picture(index: int, content: bytes = RED, name: str = "images[{}].file") -> bytes:
    return part(name.format(index), content, "a.png")


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--b--\r\n"


def send(who: Caller, *parts: bytes, method: str = "POST", path: str = "v1/posts", **headers: str) -> ApiResponse:
    return who.call(method, path, form(*parts), Content_Type=FORM, **headers)


def data_uri(content: bytes) -> str:
    return f"data:image/png;base64,{b64encode(content).decode()}"


def contents(post: dict[str, Any], neighbours: Neighbours) -> list[bytes]:
    return [neighbours.pictures[image["media"]] for image in post["images"]]


TITLE, BODY = part("title", "First light"), part("body", "# md")


def test_one_form_makes_a_post_with_its_pictures(alice: Caller, neighbours: Neighbours) -> None:
    answer = send(
        alice,
        picture(1, BLUE, "images[{}][file]"),
        TITLE,
        part("images[0].caption", "Grüße"),
        part("images[1][alt]", "sky"),
        part("tags", "a"),
        picture(0),
        BODY,
        part("tags", "b"),
        part("published", "true"),
    )
    assert answer.status == 201, answer
    post = answer.body
    assert (post["title"], post["tags"], post["published"]) == ("First light", ["a", "b"], True)
    assert contents(post, neighbours) == [RED, BLUE]
    assert [(image["caption"], image["alt"]) for image in post["images"]] == [("Grüße", ""), ("", "sky")]
    owners = {neighbours.assets[image["media"]]["owner_id"] for image in post["images"]}
    assert owners == {str(alice.id)}  # by the token that came with them
    assert not SentPicture.objects.exists()


def test_a_json_part_may_say_it_all_but_the_files(alice: Caller, neighbours: Neighbours) -> None:
    known = neighbours.has_asset(alice)
    said = {
        "title": "First light",
        "body": "",
        "tags": ["a"],
        "images": [{"media": str(known), "caption": "old"}, {"caption": "new"}],
    }
    answer = send(alice, picture(1), part("post", json.dumps(said), "blob"), picture(2, BLUE))
    assert answer.status == 201, answer
    assert [image["caption"] for image in answer.body["images"]] == ["old", "new", ""]
    assert answer.body["images"][0]["media"] == str(known)
    assert contents({"images": answer.body["images"][1:]}, neighbours) == [RED, BLUE]


def test_json_takes_files_in_base64(alice: Caller, neighbours: Neighbours) -> None:
    post = alice.writes(images=[{"file": data_uri(RED), "alt": "x"}])
    assert (contents(post, neighbours), post["images"][0]["alt"]) == ([RED], "x")


def test_put_and_patch_take_files_and_images_that_are_there(alice: Caller, neighbours: Neighbours) -> None:
    before = alice.writes(images=[{"file": data_uri(RED), "caption": "one"}])["images"][0]
    after = send(alice, picture(0, BLUE), part("images[1].id", before["id"]), method="PATCH", path=POST).body
    assert contents(after, neighbours) == [BLUE, RED]
    assert after["images"][1] == before | {"position": 1}
    again = alice.put(POST, {"title": "First light", "body": "b", "images": [{"id": before["id"], "caption": "two"}]})
    assert again.body["images"] == [before | {"caption": "two"}]


@pytest.mark.parametrize(
    ("parts", "errors"),
    [
        ((TITLE, BODY, picture(1)), {"images": [["This place is left out; count from 0 without a gap."]]}),
        ((TITLE, BODY, picture(0), picture(0)), {"images": [{"file": ["Send this once."]}]}),
        ((TITLE, TITLE, BODY), {"title": ["Send this once."]}),
        ((TITLE, BODY, part("post", '{"title": "x"}')), {"title": ["Send this once."]}),
        ((part("post", "[]"),), {"post": ["This must be a JSON object."]}),
        ((part("post", '{"images": 5}'), picture(0)), {"images": ["This must be a list of objects."]}),
        ((TITLE, picture(0)), {"body": ["This field is required."]}),
        ((TITLE, BODY, picture(0, b"")), {"images": [{"file": ["The submitted file is empty."]}]}),
        ((TITLE, BODY, part("image[0].file", RED, "a")), {"image[0].file": ["This part is not known here."]}),
        ((TITLE, BODY, part("images[0].url", "x")), {"images[0].url": ["This part is not known here."]}),
        ((TITLE, BODY, picture(50)), {"images": ["Ensure this field has no more than 50 elements."]}),
        ((part("title", b"\xff"), BODY), {"title": ["This must be UTF-8."]}),
        ((TITLE, BODY, part("published", "perhaps")), {"published": ["Must be a valid boolean."]}),
        ((TITLE, BODY, part("images[0].caption", "x")), {"images": [{"media": ["This field is required."]}]}),
        (
            (TITLE, BODY, picture(0), part("images[0].media", str(uuid7()))),
            {"images": [{"file": ["Send this, or media."]}]},
        ),
        (
            (TITLE, BODY, part("images[0].id", "01900000-0000-7000-8000-000000000001")),
            {"images": [{"id": ["There is no such image of this post."]}]},
        ),
    ],
)
def test_a_wrong_part_is_named(
    alice: Caller, neighbours: Neighbours, parts: tuple[bytes, ...], errors: dict[str, Any]
) -> None:
    answer = send(alice, *parts)
    assert (answer.status, answer.body) == (400, errors)
    assert_nothing_stays(neighbours)


def assert_nothing_stays(neighbours: Neighbours) -> None:
    assert not Post.objects.exists()
    assert not neighbours.pictures
    assert not SentPicture.objects.exists()


@pytest.mark.parametrize(
    "file",
    ["https://e.org/a.png", "file:///etc/passwd", "data:image/png,abc", "data:image/png;base64,§", "", 5, {"url": "x"}],
)
def test_a_file_is_never_an_address(alice: Caller, neighbours: Neighbours, file: Any) -> None:
    answer = alice.post("v1/posts", {"title": "t", "body": "", "images": [{"file": file}]})
    assert (answer.status, list(answer.body["images"][0])) == (400, ["file"])
    answer = send(alice, TITLE, BODY, part("images[0].file", "https://e.org/a.png"))
    assert (answer.status, list(answer.body["images"][0])) == (400, ["file"])
    assert_nothing_stays(neighbours)


@pytest.mark.parametrize("cut", [4, 8, 60])
def test_a_form_that_breaks_off_is_refused(alice: Caller, neighbours: Neighbours, cut: int) -> None:
    answer = alice.call("POST", "v1/posts", form(TITLE, BODY, picture(0))[:-cut], Content_Type=FORM)
    assert (answer.status, answer.body["code"]) == (400, "multipart_malformed")
    assert_nothing_stays(neighbours)


def test_too_many_parts_and_too_long_heads_and_texts_are_refused(alice: Caller) -> None:
    assert send(alice, *[part("tags", "a")] * 501).body["code"] == "multipart_malformed"
    assert send(alice, part("title", "x", "y" * 20_000)).body["code"] == "multipart_malformed"
    assert send(alice, part("body", "x" * 2_100_000)).status == 413
    assert (
        alice.call("POST", "v1/posts", b"x", Content_Type="multipart/form-data").body["code"] == "multipart_malformed"
    )


def test_a_refused_file_is_named_and_nothing_stays(alice: Caller, neighbours: Neighbours) -> None:
    said = {"detail": "The picture was refused: it is cut off.", "code": "image_refused", "cause": "truncated"}
    neighbours.refused[BLUE] = (422, said)
    answer = send(alice, TITLE, BODY, picture(0), picture(1, BLUE))
    assert answer.status == 422
    assert answer.body == said | {"detail": f"images[1]: {said['detail']}", "index": 1}
    assert len(neighbours.released) == 2
    assert_nothing_stays(neighbours)


def test_what_the_post_is_refused_for_takes_its_pictures_along(alice: Caller, neighbours: Neighbours) -> None:
    strange = part("images[1].media", str(uuid7()))
    answer = send(alice, TITLE, BODY, picture(0), strange)
    assert (answer.status, list(answer.body["images"][1])) == (400, ["media"])
    assert_nothing_stays(neighbours)


def test_without_media_nothing_is_written(alice: Caller, neighbours: Neighbours) -> None:
    neighbours.away = True
    answer = send(alice, TITLE, BODY, picture(0))
    assert (answer.status, answer.body["code"]) == (503, "media_unavailable")
    assert not Post.objects.exists()
    owed = SentPicture.objects.get()
    neighbours.away = False
    sent_pictures_give_up()
    assert neighbours.released == [str(owed.asset_id)]
    assert not SentPicture.objects.exists()


def test_pictures_of_a_request_that_died_are_released(alice: Caller, neighbours: Neighbours) -> None:
    sent = SentPicture.objects.create(asset_id=uuid7(), owner_id=alice.id)
    sent_pictures_give_up()
    assert neighbours.released == []
    sent_pictures_give_up(now=timezone.now() + ABANDONED_AFTER)
    assert neighbours.released == [str(sent.asset_id)]
    assert not SentPicture.objects.exists()


def test_a_picture_that_was_given_up_is_in_no_post(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    SentPicture.objects.create(asset_id=media, owner_id=alice.id, is_given_up=True)
    answer = alice.post("v1/posts", {"title": "t", "body": "", "images": [{"media": str(media)}]})
    assert answer.body == {"images": [{"media": ["There is no such picture of the author."]}]}


def test_a_picture_that_another_post_has_taken_is_not_released(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    SentPicture.objects.create(asset_id=media, owner_id=alice.id)
    alice.writes(images=[{"media": str(media)}])
    pictures_give_up([UUID(str(media))])
    sent_pictures_give_up(now=timezone.now() + ABANDONED_AFTER)
    assert neighbours.released == []


def test_the_same_form_with_the_same_key_is_one_post(alice: Caller, neighbours: Neighbours) -> None:
    first, again = (send(alice, TITLE, BODY, picture(0), Idempotency_Key="k") for _ in range(2))
    assert (first.body["id"], len(neighbours.pictures)) == (again.body["id"], 1)
    assert send(alice, TITLE, BODY, picture(0, BLUE), Idempotency_Key="k").status == 422


def test_a_picture_is_sent_by_the_author_of_the_post(alice: Caller, dana: Caller, neighbours: Neighbours) -> None:
    alice.writes()
    answer = send(dana, picture(0), method="PATCH", path=POST)
    assert answer.body == {"images": [{"file": ["A picture is its author's: only they can send one."]}]}
    assert neighbours.released == []


def test_who_may_not_write_sends_no_picture(
    alice: Caller, bob: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    alice.writes(published=True)
    assert send(bob, picture(0), method="PATCH", path=POST).status == 403
    assert send(charlie, picture(0), method="PATCH", path=POST).status == 401
    assert not neighbours.pictures


TEXTS = st.text(st.sampled_from("aé✓ *#"), max_size=8)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS.map(lambda text: f"t{text}".strip()),
        "body": TEXTS,
        "tags": st.lists(st.sampled_from(["a", "b", "c"]), unique=True),
        "images": st.lists(st.tuples(st.integers(0, 3), st.none() | TEXTS), unique_by=lambda each: each[0]),
        "published": st.booleans(),
    },
)
WRITTEN_WITH = {"title": {"slug", "url"}, "body": {"html", "excerpt"}, "published": {"published_at"}}
EACH_TIME = {"version", "updated_at"}


@given(changes=st.lists(st.tuples(CHANGES, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_change_of_any_part_leaves_the_rest(
    alice: Caller, neighbours: Neighbours, changes: list[tuple[dict[str, Any], bool]]
) -> None:
    """By JSON and by form; of an image whose caption is not sent the caption stays."""
    media = [str(neighbours.has_asset(alice)) for _ in range(4)]
    post = alice.writes("Any", tags=["c"], images=[{"media": media[0], "caption": "first"}])
    for change, by_form in changes:
        sent = change | {"images": [_image(media[n], caption) for n, caption in change.get("images", [])]}
        sent = {name: value for name, value in sent.items() if name in change}
        path = f"v1/posts/{post['slug']}"
        answer = send(alice, part("post", json.dumps(sent)), method="PATCH", path=path) if by_form else None
        after = (answer or alice.patch(path, sent)).body
        captions = {image["media"]: image["caption"] for image in post["images"]}
        wanted = [
            (each["media"], each.get("caption", captions.get(each["media"], ""))) for each in sent.get("images", [])
        ]
        written = set(change).union(*(WRITTEN_WITH.get(name, set()) for name in change))
        for name in post.keys() - written - EACH_TIME:
            assert after[name] == post[name], name
        assert {name: after[name] for name in change if name != "images"} == {
            name: value for name, value in change.items() if name != "images"
        }
        if "images" in change:
            assert [(image["media"], image["caption"].strip()) for image in after["images"]] == [
                (asset, caption.strip()) for asset, caption in wanted
            ]
        post = after


def _image(media: str, caption: str | None) -> dict[str, str]:
    return {"media": media} | ({} if caption is None else {"caption": caption})


class TestImagesOfAPost:
    IMAGES = f"{POST}/images"

    def test_they_are_a_page(self, alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
        post = alice.writes(images=[{"file": data_uri(RED)}, {"file": data_uri(BLUE)}], published=True)
        page = charlie.get(f"{self.IMAGES}?page_size=1&page=2").body
        assert (page["count"], page["next"], page["results"]) == (2, None, post["images"][1:])
        assert charlie.get(f"{self.IMAGES}?page=2").status == 404

    def test_those_of_a_draft_are_its_authors(self, alice: Caller, bob: Caller, charlie: Caller) -> None:
        alice.writes()
        assert alice.get(self.IMAGES).body["count"] == 0
        assert (bob.get(self.IMAGES).status, charlie.get(self.IMAGES).status) == (404, 404)

    def test_one_is_added_after_the_others(self, alice: Caller, neighbours: Neighbours) -> None:
        alice.writes(images=[{"file": data_uri(RED)}])
        answer = send(alice, part("file", BLUE, "b"), part("caption", "sky"), path=self.IMAGES)
        assert (answer.status, answer.body["position"], answer.body["caption"]) == (201, 1, "sky")
        assert contents(alice.get(POST).body, neighbours) == [RED, BLUE]
        by_id = alice.post(self.IMAGES, {"media": str(neighbours.has_asset(alice))}, Idempotency_Key="k")
        assert alice.post(self.IMAGES, {"media": by_id.body["media"]}, Idempotency_Key="k").body == by_id.body
        assert alice.get(self.IMAGES).body["count"] == 3
        assert alice.post(self.IMAGES, {"media": by_id.body["media"]}).body == {
            "media": ["This picture is named twice."]
        }
        assert alice.post(self.IMAGES, {}).body == {"media": ["This field is required."]}

    def test_a_post_has_so_many_and_no_more(self, alice: Caller, neighbours: Neighbours) -> None:
        alice.writes(images=[{"media": str(neighbours.has_asset(alice))} for _ in range(50)])
        answer = send(alice, part("file", BLUE, "b"), path=self.IMAGES)
        assert answer.body == {"non_field_errors": ["A post has at most 50 images."]}
        assert not neighbours.pictures

    def test_its_texts_change_and_it_goes(self, alice: Caller, neighbours: Neighbours) -> None:
        one, two = alice.writes(images=[{"file": data_uri(RED), "caption": "a"}, {"file": data_uri(BLUE)}])["images"]
        changed = alice.patch(f"{self.IMAGES}/{one['id']}", {"alt": "x"})
        assert changed.body == one | {"alt": "x"}
        assert alice.delete(f"{self.IMAGES}/{one['id']}").status == 204
        assert alice.get(POST).body["images"] == [two | {"position": 0}]
        assert alice.delete(f"{self.IMAGES}/{one['id']}").body["code"] == "image_not_found"
        assert neighbours.released == []

    def test_it_must_be_of_this_post(self, alice: Caller, bob: Caller, neighbours: Neighbours) -> None:
        alice.writes(published=True)
        other = alice.writes("Other", images=[{"file": data_uri(RED)}])["images"][0]["id"]
        assert alice.patch(f"{self.IMAGES}/{other}", {"alt": "x"}).status == 404
        assert alice.delete(f"{self.IMAGES}/{other}").status == 404
        assert bob.delete(f"{self.IMAGES}/{other}").status == 403
        assert len(alice.get("v1/posts/other").body["images"]) == 1

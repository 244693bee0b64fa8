"""The story of a writer, told to a client that openapi-python-client has made of version 1.

Sign up, log in, a picture, a post, a comment on it, the bytes of the picture, and what goes wrong.
Run as ``python story.py BASE_URL NAME PICTURE``.
"""

import json
import sys
from pathlib import Path

from broadsheet_client import AuthenticatedClient, Client
from broadsheet_client.api.auth import tokens_create, users_register
from broadsheet_client.api.media import media_content_read, media_upload
from broadsheet_client.api.posts import (
    comments_create,
    comments_list,
    posts_create,
    posts_list,
    posts_publish,
    posts_read,
)
from broadsheet_client.models import (
    AccountShape,
    AssetOut,
    CommentBody,
    CommentPageShape,
    CommentShape,
    ImageBody,
    LoginBody,
    MediaUploadBody,
    PostBody,
    PostPageShape,
    PostShape,
    Refusal,
    RegistrationBody,
    TokenPairShape,
    WrongFields,
)
from broadsheet_client.types import File

PASSWORD = "a-long-passphrase-42"
url, name, picture = sys.argv[1:]
stranger = Client(base_url=url)

unfit = users_register.sync(client=stranger, body=RegistrationBody(email="nowhere", username=name, password=PASSWORD))
assert isinstance(unfit, WrongFields), unfit

account = users_register.sync(
    client=stranger, body=RegistrationBody(email=f"{name}@example.org", username=name, password=PASSWORD)
)
assert isinstance(account, AccountShape), account

wrong = tokens_create.sync(client=stranger, body=LoginBody(login=name, password="another-passphrase"))
assert isinstance(wrong, Refusal), wrong

pair = tokens_create.sync(client=stranger, body=LoginBody(login=name, password=PASSWORD))
assert isinstance(pair, TokenPairShape), pair
client = AuthenticatedClient(base_url=url, token=pair.access)

with Path(picture).open("rb") as content:
    asset = media_upload.sync(client=client, body=MediaUploadBody(file=File(content, "river.jpg"), alt="The river"))
assert isinstance(asset, AssetOut), asset

images = [ImageBody(media=asset.id, caption="At dawn")]
post = posts_create.sync(client=client, body=PostBody(title=f"By {name}", body="# Dawn", images=images))
assert isinstance(post, PostShape), post

for _ in range(200):
    posts_publish.sync(post.slug, client=client)
    read = posts_read.sync(post.slug, client=client)
    assert isinstance(read, PostShape), read
    if read.published:
        break

comment = comments_create.sync(post.slug, client=client, body=CommentBody(body="Well *seen*."))
assert isinstance(comment, CommentShape), comment
comments = comments_list.sync(post.slug, client=client)
assert isinstance(comments, CommentPageShape), comments

found = posts_list.sync(client=client, author=name, page_size=5)
assert isinstance(found, PostPageShape), found
photograph = media_content_read.sync(asset.id, client=client)
assert isinstance(photograph, File), photograph
told = {
    "titles": [each.title for each in found.results],
    "comments": [each.body for each in comments.results],
    "bytes": len(photograph.payload.read()),
    "codes": [*unfit.additional_properties, wrong.code],
}
print(json.dumps(told))  # noqa: T201  its answer

"""Signing keys: made once, encrypted at rest, published before they sign."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import jwt
import pytest
from auth_service.keys import kept as keeping
from auth_service.keys.document import document
from auth_service.keys.encryption import KeyUnreadable, decrypt, encrypt
from auth_service.keys.models import SigningKey
from auth_service.keys.selectors import jwks, signing_key_current, verifying_key
from auth_service.keys.services import (
    RotationUnderWay,
    signing_key_ensure,
    signing_key_open,
    signing_key_revoke,
    signing_keys_rotate,
)
from auth_service.keys.signing import check_signing_key, sign_access_token
from auth_service.settings import settings
from auth_service.testing import AtOnce, Caller
from auth_service.totp.models import Totp
from auth_service.totp.secrets import unseal
from auth_service.users.models import User
from chassis.django.testing import walk_to_another_key
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

KEYS = "/.well-known/jwks.json"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AHEAD = timedelta(minutes=15)
TOKEN_LIFE = timedelta(days=1, seconds=30)  # the longest, which is that of RealWorld's dialect


def kids(now: datetime) -> list[str]:
    return [key["kid"] for key in jwks(now=now)["keys"]]


@pytest.mark.django_db
def test_the_first_key_is_made_at_first_use_and_kept() -> None:
    assert signing_key_ensure(now=NOON) == signing_key_ensure(now=NOON)
    assert SigningKey.objects.count() == 1


def test_of_processes_that_all_find_no_key_one_makes_it(at_once: AtOnce) -> None:
    keys = at_once([lambda: signing_key_ensure(now=timezone.now())] * 6)
    assert len({key.kid for key in keys}) == 1
    assert SigningKey.objects.count() == 1


def test_the_key_set_holds_public_halves_alone(charlie: Caller) -> None:
    answer = charlie.get(KEYS)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    (key,) = answer.body["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")


@pytest.mark.django_db
def test_a_private_key_is_encrypted_in_the_database() -> None:
    stored = bytes(signing_key_ensure(now=NOON).encrypted_private_key)
    with pytest.raises(ValueError, match="deserialize"):
        load_der_private_key(stored, password=None)


def test_a_sealed_key_opens_under_its_name_and_secret_alone() -> None:
    sealed = encrypt(b"key", kid="one", secret="s" * 32)
    assert decrypt(sealed, kid="one", secret="s" * 32) == b"key"
    for kid, secret, data in (("two", "s" * 32, sealed), ("one", "t" * 32, sealed), ("one", "s" * 32, sealed[:-1])):
        with pytest.raises(KeyUnreadable):
            decrypt(data, kid=kid, secret=secret)


def test_a_key_opens_under_the_fallback_too_while_there_is_one() -> None:
    sealed = encrypt(b"key", kid="one", secret="old" * 12)
    assert decrypt(sealed, kid="one", secret="new" * 12, fallback="old" * 12) == b"key"
    with pytest.raises(KeyUnreadable):
        decrypt(sealed, kid="one", secret="new" * 12, fallback="another" * 6)


def test_another_encryption_key_logs_nobody_out(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = alice.post("/api/v2/me/totp").body["secret"]

    def has(key: str, fallback: str) -> None:
        changed = settings().model_copy(update={"key_encryption_key": key, "key_encryption_key_fallback": fallback})
        for module in ("keys.services", "totp.secrets"):
            monkeypatch.setattr(f"auth_service.{module}.settings", lambda: changed)

    def works() -> bool:
        check_signing_key()
        return bool(unseal(bytes(Totp.objects.get().sealed_secret), User.objects.get().id) == secret)

    walk_to_another_key(has, works, settings().key_encryption_key, "AUTH_KEY_ENCRYPTION_KEY_FALLBACK")


@pytest.mark.django_db
def test_the_next_key_is_published_before_it_signs() -> None:
    old = signing_key_ensure(now=NOON)
    new = signing_keys_rotate(now=NOON)
    assert kids(NOON) == [old.kid, new.kid]
    assert signing_key_current(now=NOON + AHEAD - timedelta(seconds=1)) == old
    assert signing_key_current(now=NOON + AHEAD) == new


@pytest.mark.django_db
def test_the_old_key_stays_until_the_last_token_it_signed_has_expired() -> None:
    old = signing_key_ensure(now=NOON)
    new = signing_keys_rotate(now=NOON)
    leaves = NOON + AHEAD + TOKEN_LIFE
    assert kids(leaves - timedelta(seconds=1)) == [old.kid, new.kid]
    assert kids(leaves) == [new.kid]


@pytest.mark.django_db
def test_a_second_rotation_waits_for_the_first() -> None:
    signing_key_ensure(now=NOON)
    signing_keys_rotate(now=NOON)
    with pytest.raises(RotationUnderWay):
        signing_keys_rotate(now=NOON + timedelta(minutes=1))
    signing_keys_rotate(now=NOON + timedelta(days=2))
    assert SigningKey.objects.count() == 2  # the first one is forgotten


def test_of_two_rotations_at_once_one_happens(at_once: AtOnce) -> None:
    signing_key_ensure(now=NOON)

    def rotate() -> bool:
        try:
            signing_keys_rotate(now=NOON)
        except RotationUnderWay:
            return False
        return True

    assert sorted(at_once([rotate] * 3)) == [False, False, True]


@pytest.mark.django_db
def test_a_rotation_is_told_to_others() -> None:
    signing_key_ensure(now=NOON)
    key = signing_keys_rotate(now=NOON)
    (event,) = published(DjangoDatabase())
    assert (event.type, event.subject) == ("auth.key.rotated.v1", f"key/{key.kid}")
    assert event.data == {"kid": key.kid, "not_before": "2026-11-23T12:15:00Z", "retire_at": "2026-11-24T12:15:30Z"}


def test_nobody_is_logged_out_by_a_rotation(alice: Caller) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    SigningKey.objects.update(active_from=yesterday)
    signing_keys_rotate(now=timezone.now() - AHEAD)
    assert alice.get("/api/v1/auth/users/me").status == 200
    before = alice.access
    alice.log_in()
    assert before.split(".")[0] != alice.access.split(".")[0]  # signed by the new key
    assert alice.get("/api/v1/auth/users/me").status == 200


@pytest.mark.django_db
def test_a_key_that_has_left_verifies_nothing() -> None:
    key = signing_key_ensure(now=NOON)
    assert verifying_key(key.kid) is not None
    SigningKey.objects.update(retire_at=NOON)
    assert verifying_key(key.kid) is None


@pytest.mark.django_db
def test_the_command_says_when_the_new_key_signs() -> None:
    output = StringIO()
    call_command("rotate_keys", stdout=output)
    assert "is published and signs from" in output.getvalue()
    with pytest.raises(CommandError, match="already published"):
        call_command("rotate_keys")


@pytest.mark.django_db
def test_a_key_under_another_secret_is_said_plainly() -> None:
    key = signing_key_ensure(now=NOON)
    SigningKey.objects.update(encrypted_private_key=encrypt(b"", kid=key.kid, secret="another secret"))
    with pytest.raises(KeyUnreadable, match="AUTH_KEY_ENCRYPTION_KEY"):
        sign_access_token({}, now=NOON)


@pytest.mark.django_db
def test_a_key_that_leaves_says_when_in_the_key_set() -> None:
    old = signing_key_ensure(now=NOON)
    new = signing_keys_rotate(now=NOON)
    shown = {key["kid"]: key.get("exp") for key in jwks(now=NOON)["keys"]}
    assert shown == {old.kid: (NOON + AHEAD + TOKEN_LIFE).timestamp(), new.kid: None}


def test_a_revoked_key_verifies_nothing_and_a_new_one_signs_at_once(alice: Caller) -> None:
    leaked = SigningKey.objects.get().kid
    output = StringIO()
    call_command("rotate_keys", f"--revoke={leaked}", stdout=output)
    (key,) = SigningKey.objects.all()
    assert f"{leaked} is withdrawn; {key.kid} signs" in output.getvalue()
    assert alice.get("/api/v1/auth/users/me").body["code"] == "token_signature"
    alice.log_in()
    assert alice.get("/api/v1/auth/users/me").status == 200
    event = next(event for event in published(DjangoDatabase()) if event.type == "auth.key.revoked.v1")
    assert event.data["kid"] == leaked


@pytest.mark.django_db
def test_after_the_key_in_use_the_published_one_signs_and_no_older_one() -> None:
    first = signing_key_ensure(now=NOON)
    second = signing_keys_rotate(now=NOON)
    later = NOON + AHEAD + timedelta(minutes=1)
    third = signing_keys_rotate(now=later)
    assert signing_key_revoke(second.kid, now=later).kid == third.kid
    assert signing_key_current(now=later) == third
    assert signing_key_revoke(third.kid, now=later).kid not in {first.kid, second.kid, third.kid}


@pytest.mark.django_db
def test_a_revoked_key_that_does_not_sign_leaves_the_one_in_use() -> None:
    first = signing_key_ensure(now=NOON)
    second = signing_keys_rotate(now=NOON)
    assert signing_key_revoke(second.kid, now=NOON) == first
    first.refresh_from_db()
    assert first.retire_at is None
    third = signing_keys_rotate(now=NOON)
    later = NOON + AHEAD
    assert signing_key_revoke(first.kid, now=later) == third


@pytest.mark.django_db
def test_a_key_that_is_not_there_is_named_with_those_that_are() -> None:
    key = signing_key_ensure(now=NOON)
    with pytest.raises(CommandError, match=f"no key nobody; there are {key.kid}"):
        call_command("rotate_keys", "--revoke=nobody")


@pytest.mark.django_db
def test_a_process_goes_on_for_a_second_at_most_with_a_key_that_another_one_has_followed() -> None:
    def signs(seconds: float) -> str:
        token = sign_access_token({}, now=NOON + timedelta(seconds=seconds))
        return str(jwt.get_unverified_header(token)["kid"])

    first = signing_key_ensure(now=NOON)
    assert signs(0) == first.kid
    followed = SigningKey(kid="next", number=2, public_jwk={}, active_from=NOON)
    followed.encrypted_private_key = encrypt(signing_key_open(first), kid="next", secret=settings().key_encryption_key)
    SigningKey.objects.bulk_create([followed])  # as another process: no signal tells of it here
    assert signs(0.9) == first.kid
    assert signs(1) == "next"


@pytest.fixture
def kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is so for longer than any test takes."""
    monkeypatch.setattr(keeping, "KEPT", timedelta(hours=1))


def without_id(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "X-Request-ID"}


@pytest.mark.usefixtures("kept_for_long")
def test_the_key_set_is_made_once_a_second(charlie: Caller, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = charlie.get(KEYS)
    with django_assert_num_queries(0):
        kept = charlie.get(KEYS)
    assert kept.body == first.body
    assert without_id(kept.headers) == without_id(first.headers)
    assert charlie.get(KEYS, If_None_Match=kept.headers["ETag"]).status == 304


def test_a_key_that_is_withdrawn_leaves_the_kept_key_set_too(charlie: Caller) -> None:
    (leaked,) = charlie.get(KEYS).body["keys"]
    call_command("rotate_keys", f"--revoke={leaked['kid']}", stdout=StringIO())
    assert leaked not in charlie.get(KEYS).body["keys"]


@pytest.mark.django_db
def test_a_kept_key_set_is_as_old_as_a_second_at_most() -> None:
    made = document.get(now=NOON)
    SigningKey.objects.update(retire_at=NOON + AHEAD)  # as another process: no signal tells of it here
    assert document.get(now=NOON + timedelta(seconds=0.9)) == made
    assert document.get(now=NOON + timedelta(seconds=1)) != made
    assert document.peek(now=NOON) is None  # a clock that was set back


@pytest.mark.usefixtures("kept_for_long")
def test_who_looks_for_a_new_key_gets_no_key_set_that_was_kept(charlie: Caller) -> None:
    """A verifier that got one would refuse tokens of a key that has just followed a leaked one."""
    (known,) = charlie.get(KEYS).body["keys"]
    following = SigningKey(
        kid="next", number=2, public_jwk={"kid": "next"}, active_from=NOON, encrypted_private_key=b""
    )
    SigningKey.objects.bulk_create([following])  # as another process: no signal tells of it here
    assert charlie.get(KEYS).body["keys"] == [known]
    assert charlie.get(KEYS, Cache_Control="no-cache").body["keys"] == [known, {"kid": "next"}]

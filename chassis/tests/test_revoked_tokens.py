"""Which tokens are over before they expire, and for how long that is remembered."""

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from chassis.events.envelope import Event
from chassis.events.testing import example
from chassis.revocations import RevokedTokens
from chassis.testing import TokenMint
from chassis.tokens import Claims, KeySet, TokenRefused, Verifier

ALICE = UUID("01930000-0000-7000-8000-00000000000a")
BOB = UUID("01930000-0000-7000-8000-00000000000b")
AT = datetime(2026, 11, 29, 12, 0, 0, 500_000, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = time.time()

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def revoked(clock: Clock) -> RevokedTokens:
    return RevokedTokens(clock)


def sid_of(moment: datetime, number: int = 1) -> UUID:
    """As auth makes the id of a session that was opened then."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | number)


def claims(mint: TokenMint, user: UUID = ALICE, **said: object) -> Claims:
    keys = KeySet()
    keys.replace(mint.jwks())
    said = {"sid": str(sid_of(AT)), **said}
    return Verifier(keys.get, issuer=mint.issuer, audience=mint.audience).verify(mint.access(user, "alice", **said))  # type: ignore[arg-type]


def said(type_name: str, *, sequence: int = 1, **data: object) -> Event:
    event = example(type_name)
    return replace(event, time=datetime.now(UTC), sequence=sequence, data=event.data | data)


def session_over(sid: UUID, life: timedelta = timedelta(minutes=10)) -> Event:
    expires_at = (datetime.now(UTC) + life).isoformat()
    return said("auth.session.revoked.v1", session_id=str(sid), expires_at=expires_at)


def all_over(user: UUID, moment: datetime) -> Event:
    return said("auth.user.tokens_revoked.v1", user_id=str(user), not_before=moment.isoformat())


def roles_are(user: UUID, *roles: str, sequence: int) -> Event:
    return said("auth.role.changed.v1", user_id=str(user), roles=list(roles), sequence=sequence)


def refused(revoked: RevokedTokens, token: Claims) -> bool:
    with suppress(TokenRefused):
        revoked.require_live(token)
        return False
    return True


def test_only_tokens_of_the_ended_session_are_refused(revoked: RevokedTokens, mint: TokenMint) -> None:
    revoked.apply(session_over(sid_of(AT)))
    with pytest.raises(TokenRefused) as refusal:
        revoked.require_live(claims(mint))
    assert (refusal.value.status, refusal.value.code) == (401, "token_revoked")
    assert not refused(revoked, claims(mint, sid=str(sid_of(AT, 2))))


def test_what_a_deleted_personal_token_was_exchanged_for_is_refused(revoked: RevokedTokens, mint: TokenMint) -> None:
    expires_at = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    revoked.apply(said("auth.personal_token.revoked.v1", token_id=str(sid_of(AT)), expires_at=expires_at))
    assert refused(revoked, claims(mint, personal=True))
    assert not refused(revoked, claims(mint, sid=str(sid_of(AT, 2)), personal=True))


def test_old_token_of_the_same_second_dies_and_a_new_log_in_lives(revoked: RevokedTokens, mint: TokenMint) -> None:
    revoked.apply(all_over(ALICE, AT))
    moment = timedelta(milliseconds=1)
    iat = int(AT.timestamp())
    assert refused(revoked, claims(mint, sid=str(sid_of(AT - moment)), iat=iat))
    assert refused(revoked, claims(mint, sid=str(sid_of(AT)), iat=iat))
    assert not refused(revoked, claims(mint, sid=str(sid_of(AT + moment)), iat=iat))


def test_refreshed_token_of_an_ended_session_is_refused_whenever_it_was_issued(
    revoked: RevokedTokens, mint: TokenMint
) -> None:
    revoked.apply(all_over(ALICE, AT))
    assert refused(revoked, claims(mint, sid=str(sid_of(AT - timedelta(days=1))), iat=int(time.time())))


def test_of_two_ends_the_later_one_counts(revoked: RevokedTokens, mint: TokenMint) -> None:
    revoked.apply(all_over(ALICE, AT))
    revoked.apply(all_over(ALICE, AT - timedelta(hours=1)))
    assert refused(revoked, claims(mint))
    assert not refused(revoked, claims(mint, BOB))


def test_token_that_names_a_lost_role_is_refused_and_its_successor_is_not(
    revoked: RevokedTokens, mint: TokenMint
) -> None:
    revoked.apply(roles_are(ALICE, "author", sequence=3))
    assert refused(revoked, claims(mint, roles=("author", "editor")))
    assert not refused(revoked, claims(mint, roles=("author",)))  # of the same session and the same second


def test_gained_role_ends_no_token(revoked: RevokedTokens, mint: TokenMint) -> None:
    revoked.apply(roles_are(ALICE, "author", "editor", sequence=3))
    assert not refused(revoked, claims(mint, roles=("author",)))


def test_roles_that_were_told_late_do_not_count(revoked: RevokedTokens, mint: TokenMint) -> None:
    revoked.apply(roles_are(ALICE, "author", "editor", sequence=4))
    revoked.apply(roles_are(ALICE, "author", sequence=3))
    assert not refused(revoked, claims(mint, roles=("author", "editor")))


def test_tokens_of_a_withdrawn_key_are_refused(revoked: RevokedTokens, mint: TokenMint) -> None:
    revoked.apply(said("auth.key.revoked.v1", kid=mint.kid, revoked_at=datetime.now(UTC).isoformat()))
    assert refused(revoked, claims(mint))


def test_other_events_say_nothing(revoked: RevokedTokens) -> None:
    revoked.apply(said("auth.user.registered.v1"))
    assert len(revoked) == 0


def test_another_process_takes_over_all_that_is_known(revoked: RevokedTokens, mint: TokenMint, clock: Clock) -> None:
    """As plain JSON, which passes between them."""
    revoked.apply(session_over(sid_of(AT)))
    revoked.apply(all_over(BOB, AT))
    revoked.apply(roles_are(ALICE, "author", sequence=3))
    revoked.apply(said("auth.key.revoked.v1", kid="withdrawn", revoked_at=datetime.now(UTC).isoformat()))
    other = RevokedTokens(clock)
    other.take_over(json.loads(json.dumps(revoked.told())))
    assert other.told() == revoked.told()
    assert len(other) == 4
    assert refused(other, claims(mint))
    assert refused(other, claims(mint, BOB, sid=str(sid_of(AT))))
    assert refused(other, claims(mint, sid=str(sid_of(AT, 2)), roles=("author", "editor")))
    assert not refused(other, claims(mint, sid=str(sid_of(AT, 2)), roles=("author",)))


def test_sessions_are_forgotten_when_their_last_token_can_be_taken_no_more(
    revoked: RevokedTokens, clock: Clock
) -> None:
    revoked.apply(session_over(sid_of(AT), timedelta(minutes=10)))
    clock.time += 600
    revoked.forget_expired()
    assert len(revoked) == 1  # clocks may differ by half a minute
    clock.time += 31
    revoked.forget_expired()
    assert len(revoked) == 0


def test_everything_is_forgotten_in_the_end(revoked: RevokedTokens, clock: Clock) -> None:
    now = datetime.now(UTC)
    revoked.apply(all_over(ALICE, now))
    revoked.apply(roles_are(BOB, "author", sequence=2))
    revoked.apply(said("auth.key.revoked.v1", revoked_at=now.isoformat()))
    clock.time += 86_500
    revoked.forget_expired()
    assert len(revoked) == 3
    clock.time += 300
    revoked.forget_expired()
    assert len(revoked) == 0


def test_what_is_over_anyway_takes_no_room(revoked: RevokedTokens) -> None:
    revoked.apply(session_over(sid_of(AT), timedelta(minutes=-1)))
    assert len(revoked) == 0


def test_list_is_bounded_and_known_to_be_incomplete_until_what_it_dropped_has_expired(clock: Clock) -> None:
    revoked = RevokedTokens(clock, most=100)
    for number in range(100):
        revoked.apply(session_over(sid_of(AT, number)))
    assert revoked.complete
    revoked.apply(session_over(sid_of(AT, 100)))
    assert len(revoked) == 99
    assert not revoked.complete
    clock.time += 631
    assert revoked.complete

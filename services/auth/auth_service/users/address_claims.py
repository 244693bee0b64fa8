"""Whose an address is, where several registered with it and no mail was answered since."""

from chassis.django.prepared import prepared
from django.db.models import QuerySet
from uuid_utils.compat import uuid7

from auth_service.brakes.addresses import former_key_of, key_of
from auth_service.users.models import AddressClaim, User
from auth_service.users.unique_keys import email_key

_NO_DOMAIN = "taken.invalid"  # RFC 2606: never one that mail reaches


def claim(email: str, user: User) -> None:
    """From now on ``user`` is who registered last with the address; in the transaction that opens the account."""
    key, former = _keys(email)
    AddressClaim.objects.update_or_create(key=key, defaults={"user": user})
    if former:
        AddressClaim.objects.filter(key=former).delete()


def claimant_of(email: str) -> User | None:
    """Who registered with the address last, unless that was the first time."""
    claimants = _claimants(*_keys(email))
    return claimants[0] if claimants else None


@prepared
def _claimants(key: str, former: str) -> QuerySet[User]:
    """The newest first: while auth restarts with another key, one may claim under either."""
    return User.objects.select_related("profile").filter(address_claim__key__in=[key, former]).order_by("-id")


def is_contested(user: User) -> bool:
    """Whether others have registered with the address of this waiting account, so that its password proves nothing."""
    return AddressClaim.objects.filter(user=user).exists()


def claim_drop(user: User) -> None:
    """A mail to the address was answered, so whose it is is known."""
    AddressClaim.objects.filter(user=user).delete()


def address_release(user: User) -> None:
    """Take the address from an account that waits for a mail to it, and whose row is locked; its links are void.

    It is a stand-in from now on, which nobody can activate.
    """
    user.move_to(nowhere())
    user.credential_version += 1
    user.save(update_fields=["email", "email_key", "credential_version"])


def nowhere() -> str:
    """The address of an account without one."""
    return f"{uuid7()}@{_NO_DOMAIN}"


def is_stand_in(user: User) -> bool:
    """Whether an account has no address, so that no mail activates it."""
    return user.email.endswith(f"@{_NO_DOMAIN}")


def _keys(email: str) -> tuple[str, str]:
    """That of an address, and that under the AUTH_SECRET_KEY before, or an empty one."""
    named = ("address claim", email_key(email))
    return key_of(*named), former_key_of(*named)

"""What others learn about accounts: the public profile and the roles, never an e-mail address."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import AwareDatetime, Field

_ADA = "01900000-0000-7000-8000-0000000000a1"
_PICTURE = "01900000-0000-7000-8000-0000000000c1"


@event("auth.user.registered.v1", aggregate="user", id_field="user_id")
class UserRegistered(EventData):
    """An account came into being."""

    user_id: UUID = Field(examples=[_ADA])
    username: str = Field(examples=["ada"])
    bio: str = Field(examples=["Writes about engines."])
    avatar: UUID | None = Field(description="A picture in media.", examples=[_PICTURE])
    locale: str = Field(examples=["en"])


@event("auth.profile.updated.v1", aggregate="user", id_field="user_id")
class ProfileUpdated(EventData):
    """The public profile is now this."""

    user_id: UUID = Field(examples=[_ADA])
    username: str = Field(examples=["ada"])
    bio: str = Field(examples=["Writes about engines."])
    avatar: UUID | None = Field(description="A picture in media.", examples=[_PICTURE])
    picture_url: str = Field("", description="A picture elsewhere.", examples=["https://example.org/ada.jpg"])


@event("auth.user.tokens_revoked.v1", aggregate="user", id_field="user_id", optional_subscribers=True)
class TokensRevoked(EventData):
    """No access token of a session that this user opened up to ``not_before`` counts any more.

    A session's id tells to the millisecond when it was opened; tokens date in whole seconds.
    """

    user_id: UUID = Field(examples=[_ADA])
    not_before: AwareDatetime = Field(examples=["2026-11-23T10:00:00.000Z"])
    reason: str = Field(examples=["suspended"])


@event("auth.user.credentials_changed.v1", aggregate="user", id_field="user_id")
class CredentialsChanged(EventData):
    """The account has another password or address: what was opened with the former, and is no session, is over."""

    user_id: UUID = Field(examples=[_ADA])


@event("auth.user.suspended.v1", aggregate="user", id_field="user_id")
class UserSuspended(EventData):
    """The account may not be used until further notice."""

    user_id: UUID = Field(examples=[_ADA])
    roles: list[str] = Field(examples=[["author"]])


@event("auth.user.reactivated.v1", aggregate="user", id_field="user_id")
class UserReactivated(EventData):
    """The account may be used again."""

    user_id: UUID = Field(examples=[_ADA])
    roles: list[str] = Field(examples=[["author"]])


@event("auth.role.changed.v1", aggregate="user", id_field="user_id", optional_subscribers=True)
class RoleChanged(EventData):
    """The account's roles are now these."""

    user_id: UUID = Field(examples=[_ADA])
    roles: list[str] = Field(examples=[["author", "editor"]])

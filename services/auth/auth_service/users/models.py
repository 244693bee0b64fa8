"""Who has an account, and what they show of themselves."""

from collections.abc import Collection
from typing import Any, ClassVar

from chassis.django.text import readable
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from uuid_utils.compat import uuid7

from auth_service.users.look_alikes import look_alike
from auth_service.users.unique_keys import email_key, username_key

USERNAME = r"[a-zA-Z0-9_.-]{3,30}"
Device = tuple[str | None, str | None]
"""The address and the program of a session; None twice for who has had none."""
LOCALE = r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}"  # the common part of BCP 47


class Role(models.TextChoices):
    """What an account may do in the public API. Django's groups and permissions rule the admin alone."""

    AUTHOR = "author"
    EDITOR = "editor"
    MODERATOR = "moderator"
    ADMIN = "admin"


def roles_of_new_users() -> list[str]:
    """Whoever registers may write; to read takes no role."""
    return [Role.AUTHOR.value]


class UserManager(BaseUserManager["User"]):
    """The one place where accounts come into being, so none is ever made without its keys."""

    def with_email(self, email: str) -> "QuerySet[User]":
        """The account of this address, however it is spelt; after it one whose key is still to be filled in."""
        return self.with_email_key(email_key(email), email.lower())

    def with_email_key(self, key: str, lower: str) -> "QuerySet[User]":
        """The account of an address by what its spellings have in common, and by the address in lower case."""
        found = self.filter(Q(email_key=key) | Q(email_key=None, email__lower=lower))
        return found.order_by(F("email_key").asc(nulls_last=True))

    def with_usernames(self, *usernames: str) -> "QuerySet[User]":
        """The accounts of these names, however they are spelt."""
        return self.with_username_keys(*map(username_key, usernames))

    def with_username_keys(self, *keys: str) -> "QuerySet[User]":
        """The accounts of names by what their spellings have in common."""
        return self.filter(Q(username_key__in=keys) | Q(username_key=None, username__lower__in=keys))

    def usable(self) -> "QuerySet[User]":
        """The accounts that others may see."""
        return self.filter(is_active=True, activated=True)

    def draft(self, *, email: str, username: str, password: str | None, **fields: Any) -> "User":
        """An account that is not saved yet: to hash its password is slow, so before a transaction."""
        user = self.model(username=username, username_key=username_key(username), **fields)
        user.move_to(email)
        user.set_password(password)
        return user

    def create_user(self, *, email: str, username: str, password: str | None, **fields: Any) -> "User":
        user = self.draft(email=email, username=username, password=password, **fields)
        with transaction.atomic():
            user.save(force_insert=True)  # `signals` adds the profile and the event
        return user

    def create_superuser(self, *, email: str, username: str, password: str | None, **fields: Any) -> "User":
        powers = {"is_staff": True, "is_superuser": True, "roles": [Role.AUTHOR.value, Role.ADMIN.value]}
        return self.create_user(email=email, username=username, password=password, **(powers | fields))

    def get_by_natural_key(self, username: str | None) -> "User":
        if user := self.with_email(username or "").first():
            return user
        raise self.model.DoesNotExist


class User(AbstractBaseUser, PermissionsMixin):
    """An account. ``version`` counts its changes and numbers its events."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, max_length=254)
    username = models.CharField(
        max_length=30, validators=[RegexValidator(rf"\A{USERNAME}\Z", "3 to 30 of the characters a-z A-Z 0-9 _ . -")]
    )
    email_key = models.CharField(max_length=320, null=True, editable=False)  # noqa: DJ001  until `users_fill_keys` was here
    username_key = models.CharField(max_length=80, null=True, editable=False)  # noqa: DJ001  likewise
    roles = models.JSONField(default=roles_of_new_users)
    is_active = models.BooleanField(default=True, help_text="Not active is suspended.")
    is_staff = models.BooleanField(default=False, help_text="May use the admin.")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    email_confirmed = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="A mail to the address was answered."
    )
    activated = models.BooleanField(
        default=True, db_default=True, editable=False, help_text="May be used: not activated is waiting for a mail."
    )
    credential_version = models.BigIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Counts passwords and addresses: another one makes void what was mailed.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deletes_at = models.DateTimeField(
        null=True, editable=False, help_text="When it is to be deleted, where its owner has asked for that."
    )

    objects: ClassVar[UserManager] = UserManager()
    profile: "Profile"
    devices: Collection[Device] = ()
    """From and with which it was logged in to lately, where that was looked up."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    class Meta:
        indexes = [
            models.Index(look_alike(), name="user_look_alike"),
            models.Index(fields=["deletes_at"], condition=Q(deletes_at__isnull=False), name="user_to_be_deleted"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.UniqueConstraint(Lower("username"), name="user_username_unique"),
            models.UniqueConstraint(F("email_key"), name="user_email_key_unique"),
            models.UniqueConstraint(F("username_key"), name="user_username_key_unique"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def has_totp(self) -> bool:
        """Whether a log-in asks for a code as well."""
        factor = getattr(self, "totp", None)
        return bool(factor and factor.confirmed_at)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a log-in to the admin is bound to, for Django: the password, and all that makes void what was mailed."""
        bound = f"{self.password} {self.credential_version}"
        return salted_hmac("log-in to the admin", bound, secret=secret, algorithm="sha256").hexdigest()

    def move_to(self, email: str) -> None:
        """From now on this is the address; not saved."""
        self.email, self.email_key = User.objects.normalize_email(email), email_key(email)


class AddressClaim(models.Model):
    """Who registered last with an address that was registered with more than once, until a mail to it is answered.

    That is the waiting account that holds the address, or a stand-in, where somebody else holds it.
    """

    key = models.CharField(max_length=32, primary_key=True)  # a keyed hash: of a stand-in no address is kept
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="address_claim")

    def __str__(self) -> str:
        return f"claim of {self.user_id}"


class FormerUsername(models.Model):
    """A username that an account had, and that nobody else gets for a while: links and readers still know it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_usernames")
    username = models.CharField(max_length=30)
    username_key = models.CharField(max_length=80, db_index=True)
    held_until = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(look_alike(), name="former_username_look_alike")]

    def __str__(self) -> str:
        return f"{self.username} until {self.held_until:%F %T}"


class EmailChange(models.Model):
    """A change of address that an account asks for. While it can be undone, nobody else gets the old one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    old_email = models.EmailField(max_length=254)
    old_key = models.CharField(max_length=320, db_index=True)
    new_email = models.EmailField(max_length=254)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(db_index=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"change of {self.user_id} at {self.created_at:%F %T}"


class Profile(models.Model):
    """What everybody may see of a user, and the language to address them in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    bio = models.TextField(max_length=1000, blank=True, default="", validators=[readable])
    avatar = models.UUIDField(null=True, blank=True, help_text="A picture in media.")
    picture_url = models.CharField(
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        validators=[readable],
        help_text="A picture elsewhere, which RealWorld's dialect alone shows, instead of the avatar.",
    )
    locale = models.CharField(max_length=35, default="en", validators=[RegexValidator(rf"\A{LOCALE}\Z")])

    def __str__(self) -> str:
        return f"profile of {self.user}"

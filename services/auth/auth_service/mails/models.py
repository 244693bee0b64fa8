"""Mails that are to go out. The row is the truth; the job that sends it is a hint."""

from django.db import models
from uuid_utils.compat import uuid7

from auth_service.users.models import User


class Kind(models.TextChoices):
    """What a mail says; ``texts/<language>/<kind>.txt`` are its words."""

    ACTIVATION = "activation", "a link to let a new account be used"
    REGISTERED_AGAIN = "registered_again", "a link for a password, to an address with which several have registered"
    ADDRESS_TAKEN = "address_taken", "that somebody registers with the address of an account"
    PASSWORD_RESET = "password_reset", "a link for another password"
    USERNAME_RESET = "username_reset", "the username, and a link for another"
    EMAIL_CONFIRM = "email_confirm", "a link to have this address, sent to it"
    EMAIL_CHANGING = "email_changing", "that another address is asked for, and a link that undoes it"
    ADDRESS_WANTED = "address_wanted", "that somebody asks for the address of an account"
    NEW_DEVICE = "new_device", "that somebody logged in from a device that is new to the account"
    PASSWORD_CHANGED = "password_changed", "that the password is another one"
    TOTP_OFF = "totp_off", "that a log-in asks for no code any more"
    EXPORT_READY = "export_ready", "that an archive of the account's data can be fetched"
    DELETION_ASKED = "deletion_asked", "that the account is to be deleted, and how to keep it"
    DELETION_CANCELLED = "deletion_cancelled", "that it is kept after all"
    DELETION_BEGUN = "deletion_begun", "that it is being deleted"
    WEBHOOK_DISABLED = "webhook_disabled", "that nothing is sent any more to a webhook of the account"


class Mail(models.Model):
    """A mail to the owner of an account. No token stands here: the one in its link is made when it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        VOID = "void", "not sent, for the account has another password or address by now"  # or a newer link
        REFUSED = "refused", "by the server, for good"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=30)  # a Kind; without choices, so that another kind needs no migration
    about = models.UUIDField(null=True)  # which EmailChange, or which session
    address = models.EmailField(max_length=254)
    address_key = models.CharField(max_length=320, db_default="")
    credential_version = models.BigIntegerField(help_text="The account's, when the mail was asked for.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="When to send it, or to try again.")
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="mails_waiting"),
            models.Index(fields=["user", "kind", "created_at"], name="mails_of_user"),
            models.Index(fields=["address_key", "kind", "created_at"], name="mails_to_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user}"


class MailRequest(models.Model):
    """Somebody who is not logged in has asked for a mail to an address.

    Whether there is an account to which it goes is found out by the job, so that to ask takes as long for any address.
    """

    kind = models.CharField(max_length=30)  # a Kind
    address = models.CharField(max_length=254)
    address_key = models.CharField(max_length=320, db_index=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} asked for"

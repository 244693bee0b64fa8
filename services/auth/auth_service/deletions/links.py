"""Where receipts are, for whoever has the link."""

from auth_service.deletions.models import Deletion
from auth_service.mails.models import Mail
from auth_service.settings import settings


def receipt_url(receipt: str) -> str:
    return f"{settings().public_url}/api/v2/deletions/{receipt}"


def receipt_in_mail(mail: Mail) -> str:
    """The receipt of the account to which a mail goes."""
    return receipt_url(Deletion.objects.get(user_id=mail.user_id).receipt)

"""What blog owes to media: pictures that came with the write of a post, until the post shows them."""

from django.db import models
from django.utils import timezone


class SentPicture(models.Model):
    """A picture that may be in media and that nothing shows yet. The row is there before the picture is.

    The transaction that shows it deletes the row. Who is to give it up sets ``is_given_up`` first, and nothing may show
    it from then on; the row goes when media has released it. So it is shown, or released, or a sweeper has yet to come.
    """

    asset_id = models.UUIDField(primary_key=True, editable=False)
    owner_id = models.UUIDField()
    sent_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_given_up = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.asset_id)

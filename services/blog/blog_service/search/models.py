"""What is searched. The words themselves stand in a column, or a table, that Django knows nothing of."""

from django.db import models


class Document(models.Model):
    """The words of a post: on PostgreSQL a tsvector in this table, on SQLite a row of the FTS5 table ``search_words``.

    ``splitting`` is the version of what made them; those of an older one are made anew by ``search build``.
    """

    post_id = models.UUIDField(unique=True)
    splitting = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"words of {self.post_id}"

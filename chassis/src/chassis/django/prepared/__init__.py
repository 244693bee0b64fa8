"""SQL that Django makes once: to make it takes longer than all else that many a statement does (ADRs 0054 and 0056)."""

from chassis.django.prepared.parameters import Statement, stored
from chassis.django.prepared.reads import Read, Sql, keys_of, listed, meant, read
from chassis.django.prepared.statements import insert, prepared, prepared_update, update

__all__ = [
    "Read",
    "Sql",
    "Statement",
    "insert",
    "keys_of",
    "listed",
    "meant",
    "prepared",
    "prepared_update",
    "read",
    "stored",
    "update",
]

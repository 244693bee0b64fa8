"""Forgetting somebody in the journals of events: what was published and handled says nothing of them any more."""

from collections.abc import Iterable

from chassis.events import dead_letters
from chassis.events.database import EventDatabase
from chassis.events.transports import connect

_OF_OUTBOX = "DELETE FROM outbox_event WHERE envelope LIKE %s AND published_at IS NOT NULL"
_OF_INBOX = "DELETE FROM inbox_event WHERE partition_key LIKE %s OR envelope LIKE %s"
_LEFT = "SELECT 1 FROM outbox_event WHERE envelope LIKE %s LIMIT 1"


def forget(database: EventDatabase, identity: str) -> bool:
    """Delete the rows of events that name this id; gives whether none is left that is still to be published.

    Events that wait for another attempt go too: they are about somebody who is gone. Call it when nobody sends any more
    of them, and not before their effect does not matter.
    """
    named = f"%{identity}%"
    with database.transaction() as transaction:
        transaction.execute(_OF_OUTBOX, (named,))
        transaction.execute(_OF_INBOX, (named, named))
        return not transaction.execute(_LEFT, (named,))


def forget_dead_letters(events_url: str, queues: Iterable[str], identity: str) -> None:
    """Take off the dead letters of a service's queues those that name this id.

    Others stay, in their order. Raises TransportLost.
    """
    transport = connect(events_url)
    for queue in queues:
        for letter in dead_letters.browse(transport, queue):
            if identity.encode() in letter.body:
                letter.remove()

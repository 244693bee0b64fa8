"""Log-ins to an admin, wherever its sessions are kept."""

from collections.abc import Collection
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session


def log_ins_delete(user_keys: Collection[str]) -> int:
    """Delete the log-ins of these users that are in the database; gives how many there were.

    Whose one is stands inside, and there are as many as members of staff and their browsers. What is in a cache or a
    cookie alone cannot be looked for: it ends with its account, and is gone when its time is over.
    """
    theirs = [one.pk for one in Session.objects.iterator() if one.get_decoded().get(SESSION_KEY) in user_keys]
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for key in theirs:
        store.delete(key)  # a cache may have it, too
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)

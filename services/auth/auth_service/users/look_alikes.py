"""Look-alike usernames as a database finds them."""

from django.db.models import Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower, Replace


def look_alike(username: str | Combinable = "username") -> Combinable:
    """``look_alike_key`` of a column, of which there is an index."""
    found: Combinable = Lower(Replace(username, Value("I"), Value("l")))
    for spelt, seen in (("0", "o"), ("1", "l"), ("m", "rn")):
        found = Replace(found, Value(spelt), Value(seen))
    return found

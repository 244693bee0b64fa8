"""Conditional requests (RFC 9110, 13): what a client has, and what must not have changed since it looked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from chassis.problems import Problem

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_DIGEST_BYTES = 8


def entity_tag(version: object, shown: bytes | None = None) -> str:
    """A strong tag (RFC 9110, 8.8.3) of a version, and of all that is ``shown`` where that changes without it."""
    digest = f"-{blake2b(shown, digest_size=_DIGEST_BYTES).hexdigest()}" if shown is not None else ""
    return f'"{version}{digest}"'


@dataclass(frozen=True, slots=True)
class IfMatch:
    """What a write demands of what it changes: to have one of these tags; None takes it as it is."""

    tags: frozenset[str] | None

    def require(self, tag: str) -> None:
        """Raises Problem (412) where ``tag`` is none of them. Call it under the lock of what is to be changed."""
        if self.tags is not None and tag not in self.tags:
            raise Problem(412, "precondition_failed", "This has changed since it was read.")

    def require_version(self, version: object) -> None:
        """Raises Problem (412) where no tag that ``entity_tag`` made has this version; what is beside it is for caches.

        A writer has not missed a change of the thing when somebody liked it, or its author has another picture.
        """
        if self.tags is not None and str(version) not in {tag.strip('"').partition("-")[0] for tag in self.tags}:
            self.require("")


ANY = IfMatch(None)


def if_match(header: str | None) -> IfMatch:
    """The demand of an If-Match header; raises Problem (428) without one.

    Compared strongly: a weak tag matches nothing, and a header that is malformed demands what cannot be.
    """
    if header is None:
        raise Problem(428, "precondition_required", "Say which version is to be changed: If-Match with the ETag.")
    if header.strip() == "*":
        return ANY
    return IfMatch(frozenset(tag for weak, tag in _listed(header) if not weak))


def is_unchanged(headers: Mapping[str, str], tag: str, modified: datetime | None = None) -> bool:
    """Whether a GET is answered by 304, the client having this representation; tags are compared weakly.

    ``headers`` are looked up by their lower-case names. A time counts only without tags (RFC 9110, 13.1.3).
    """
    if (header := headers.get("if-none-match")) is not None:
        return header.strip() == "*" or tag in {listed for _weak, listed in _listed(header)}
    since = _moment(headers.get("if-modified-since"))
    return modified is not None and since is not None and modified.replace(microsecond=0) <= since


def _listed(header: str) -> list[tuple[str, str]]:
    """The tags of a header, each with its weakness; none of one that is malformed."""
    is_list = not _TAG.sub("", header).strip(" \t,")
    return _TAG.findall(header) if is_list else []


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None

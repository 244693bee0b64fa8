"""The uses that media knows of, compared with what blog's posts show: an event that was lost is found nowhere else."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.client_credentials import client_credentials
from chassis.internal_client import InternalClient
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.database import Database
from media_service.keeping.models import AssetUse, UsingObject
from media_service.keeping.services import Using, uses_set
from media_service.settings import MediaSettings

AT_ONCE = 200  # objects of one answer
SECONDS = 10.0
UNDER_WAY = timedelta(hours=1)
"""How long an event may take: what has changed since is looked at another time."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The pictures that an object shows, and the sequence of the event that told of them, or would have."""

    sequence: int
    asset_ids: frozenset[UUID] = frozenset()
    author_id: UUID | None = None
    changed_at: datetime | None = None


Told = Mapping[UUID, Shown]
Tell = Callable[[UUID], Told]
"""The next objects with pictures after an id, at most AT_ONCE; raises InternalUnavailable."""


@dataclass(slots=True)
class UsesDrift:
    """How many uses were not known, and how many of those known were none; ``rest`` is the id to go on after."""

    missing_uses: int = 0
    ended_uses: int = 0
    rest: UUID | None = None


def blog_tells(settings: MediaSettings) -> Tell:
    """What blog says of its posts."""
    blog = InternalClient(settings.blog_url, client_credentials(settings, "blog"), timeout=SECONDS)

    def tell(after: UUID) -> Told:
        answer = blog.get_json("/internal/media-refs", {"after": str(after), "limit": str(AT_ONCE)})
        return {UUID(each["object_id"]): _shown(each) for each in answer["objects"]}

    return tell


def uses_mend(database: Database, tell: Tell, after: UUID, *, now: datetime) -> UsesDrift:
    """Compare the next posts after an id, and take over what blog says of those that differ.

    What is known is read before blog is asked, so that a new post is not taken for one that is gone.
    """
    with database.reading() as session:
        known = _known(session, after)
    told = tell(after)
    ends = [max(page) for page in (known, told) if len(page) == AT_ONCE]
    drift = UsesDrift(rest=min(ends, default=None))
    with database.reading() as session:
        true = _counted(session, told)
    for object_id in sorted(known.keys() | told.keys()):
        if drift.rest and object_id > drift.rest:
            break
        had = known[object_id].asset_ids if object_id in known else frozenset()
        has = true.get(object_id, frozenset())
        shown = told.get(object_id) or Shown(known[object_id].sequence)
        if had == has or (shown.changed_at and shown.changed_at > now - UNDER_WAY):
            continue
        with database.writing() as session:
            _take_over(session, object_id, shown, now)
        drift.missing_uses += len(has - had)
        drift.ended_uses += len(had - has)
    return drift


def _shown(told: Mapping[str, Any]) -> Shown:
    asset_ids = frozenset(map(UUID, told["media_ids"]))
    return Shown(told["sequence"], asset_ids, UUID(told["author_id"]), datetime.fromisoformat(told["changed_at"]))


def _known(session: Session, after: UUID) -> Told:
    following = select(AssetUse.object_id).where(*_of_posts(), AssetUse.object_id > after)
    ids = session.scalars(following.distinct().order_by(AssetUse.object_id).limit(AT_ONCE)).all()
    sequences = select(UsingObject.object_id, UsingObject.sequence).where(
        UsingObject.service == "blog", UsingObject.object_type == "post", UsingObject.object_id.in_(ids)
    )
    uses: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for object_id, asset_id in session.execute(
        select(AssetUse.object_id, AssetUse.asset_id).where(*_of_posts(), AssetUse.object_id.in_(ids))
    ):
        uses[object_id].add(asset_id)
    return {
        object_id: Shown(sequence, frozenset(uses[object_id])) for object_id, sequence in session.execute(sequences)
    }


def _counted(session: Session, told: Told) -> Mapping[UUID, frozenset[UUID]]:
    """What counts as used of what is shown: pictures that are there, and the author's own."""
    asked: Collection[UUID] = {asset_id for shown in told.values() for asset_id in shown.asset_ids}
    owners = dict(session.execute(select(Asset.id, Asset.owner_id).where(Asset.id.in_(asked))).all())
    return {
        object_id: frozenset(each for each in shown.asset_ids if owners.get(each) == shown.author_id)
        for object_id, shown in told.items()
    }


def _take_over(session: Session, object_id: UUID, shown: Shown, now: datetime) -> None:
    using = Using("blog", "post", object_id)
    uses_set(session, using, shown.asset_ids, owner_id=shown.author_id, sequence=shown.sequence, now=now, or_same=True)


def _of_posts() -> tuple[ColumnElement[bool], ...]:
    return AssetUse.service == "blog", AssetUse.object_type == "post"

"""Beginning an upload, under an Idempotency-Key once: who asks again is given the one that there is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.idempotency import REPLAYED, Attempt, KeptAnswer, attempt_of
from sqlalchemy.orm import Session

from media_service.dependencies import WebService
from media_service.tus.models import Upload
from media_service.tus.selectors import upload_get
from media_service.tus.services import upload_create
from media_service.uploads.once import Keep, create_once, take_back

PATH = "/api/v2/uploads"


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload, the headers that lead to it, and whether it was begun by this request."""

    upload: Upload
    headers: dict[str, str]
    attempt: Attempt | None

    @property
    def is_new(self) -> bool:
        return REPLAYED not in self.headers


async def begin(  # noqa: PLR0913  named
    service: WebService, owner_id: UUID, *, length: int | None, metadata: str, key: str | None, now: datetime
) -> Begun:
    """Raises Problem as upload_create does; 409, 422 for a key that is used otherwise, 404 if its upload is gone."""
    bounds, sent = service.settings.upload_bounds, f"{length} {metadata}".encode()
    attempt = None if key is None else attempt_of(key, caller=owner_id, method="POST", path=PATH, sent=sent)

    async def create(keep: Keep) -> KeptAnswer:
        def begin_and_keep(session: Session) -> KeptAnswer:
            upload = upload_create(session, owner_id=owner_id, length=length, metadata=metadata, bounds=bounds, now=now)
            answer = KeptAnswer(201, {"Location": f"{service.public_url}{PATH}/{upload.id}"}, "")
            keep(session, answer)
            return answer

        return await service.database.write(begin_and_keep)

    answered = (await create_once(service.database, attempt, create)).headers
    headers = {name: answered[name] for name in ("Location", REPLAYED) if name in answered}
    upload_id = UUID(headers["Location"].rpartition("/")[2])
    return Begun(await service.database.read(upload_get, upload_id, owner_id, now=now), headers, attempt)


async def free_key(service: WebService, begun: Begun) -> None:
    """Let the key be used again: nothing came of it."""
    if begun.attempt:
        await service.database.write(take_back, begun.attempt)

"""What can be asked about pictures that were drawn for signed addresses."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from media_service.transforms.models import Derivative, DerivativeState, Wanted


def derivative_get(session: Session, wanted: Wanted) -> Derivative | None:
    """One that was drawn, or cannot be."""
    query = select(Derivative).filter_by(**wanted.key).where(Derivative.state != DerivativeState.DRAWING)
    return session.scalar(query)

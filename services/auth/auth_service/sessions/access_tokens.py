"""Access tokens: what is said about the caller for the next ten minutes, and whether it still holds."""

from datetime import datetime

from chassis.tokens import Claims, TokenRefused

from auth_service.access_tokens import SCOPES, access_token_sign
from auth_service.personal_tokens.models import PersonalToken
from auth_service.personal_tokens.selectors import personal_token_get
from auth_service.sessions.models import Session
from auth_service.sessions.selectors import session_get

REALWORLD_SCOPES = ("account", "posts")


def access_token_issue(session: Session, *, now: datetime) -> str:
    """For the session's user: a log-in may do all the user may do; narrower tokens name less."""
    scopes = REALWORLD_SCOPES if session.realworld else SCOPES
    life = session.tokens_end(now) - now
    return access_token_sign(
        session.user,
        sid=session.id,
        scopes=scopes,
        life=life,
        now=now,
        realworld=session.realworld,
        auth_time=int(session.created_at.timestamp()),
    )


def source_of(claims: Claims, *, now: datetime) -> Session | PersonalToken:
    """What a verified token was given for; raises TokenRefused if that is over or the account suspended."""
    find = personal_token_get if claims.personal else session_get
    found = find(claims.sid, now=now)
    if found is None or found.user_id != claims.sub:
        raise TokenRefused("token_revoked")
    return found

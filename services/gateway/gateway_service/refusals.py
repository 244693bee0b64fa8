"""Every reason the gateway refuses a request for: one stable code, for the answer, the log, the metric and the docs.

Beside its own there are those of any service behind it, whose pages are here as well.
"""

from dataclasses import dataclass
from typing import Any

from chassis.access import ROLE_TITLE, SCOPE_TITLE
from chassis.problems import Problem
from chassis.revocations.feed import TITLE as REVOCATIONS_TITLE
from chassis.tokens import TITLES


@dataclass(frozen=True, slots=True)
class Reason:
    """One way to be refused: what it means, and what the client may do."""

    code: str
    status: int
    title: str
    meaning: str
    remedy: str


_LOG_IN = "Log in or refresh the session, and send the new access token."
_UNCHANGED = "Send an access token as this platform issued it, unchanged."
_LATER = "Try again after the seconds named in Retry-After."
_TRY_AGAIN = "Try again; if it lasts, tell the operators the request_id."


def _of_token(code: str, meaning: str, remedy: str) -> Reason:
    return Reason(code, 401, TITLES[code], meaning, remedy)


_REASONS = (
    _of_token("token_missing", "The route needs a token and none was sent.", _LOG_IN),
    _of_token(
        "token_malformed",
        "The Authorization header is not `Bearer <token>`, or the token is not a JWT in its one canonical form.",
        _UNCHANGED,
    ),
    _of_token(
        "token_signature",
        "The token was changed, or signed with a key this platform does not know.",
        _UNCHANGED,
    ),
    _of_token("token_expired", "Its `exp` has passed.", _LOG_IN),
    _of_token(
        "token_not_yet_valid",
        "Its `nbf` or `iat` is more than the allowed clock difference ahead.",
        "Wait, or set the clock right.",
    ),
    _of_token("token_issuer", "Its `iss` is another.", _UNCHANGED),
    _of_token("token_audience", "Its `aud` is another.", _UNCHANGED),
    _of_token(
        "token_algorithm",
        "Only the algorithm that belongs to the key is accepted, whatever the token's header says.",
        _UNCHANGED,
    ),
    _of_token(
        "token_revoked",
        "Its session was ended: by logging out, by a new password, or by an administrator.",
        _LOG_IN,
    ),
    Reason("scope_missing", 403, SCOPE_TITLE, "The route needs a scope the token lacks.", _LOG_IN),
    Reason(
        "role_missing",
        403,
        ROLE_TITLE,
        "The route is for accounts with one of the roles named in `detail`.",
        "Ask an administrator for the role, then log in again.",
    ),
    Reason(
        "route_unknown",
        404,
        "There is no such route",
        "Nothing is served under this path. What is not listed in the gateway's configuration is refused.",
        "Check the path against the API documentation.",
    ),
    Reason(
        "method_not_allowed",
        405,
        "The method is not allowed here",
        "The path exists, with other methods than this one.",
        "Use one of the methods named in Allow.",
    ),
    Reason(
        "version_unknown",
        404,
        "There is no such API version",
        "The path (404), or API-Version or Accept (406), names a version that is not served.",
        "Use one of the versions listed in `supported`.",
    ),
    Reason(
        "version_sunset",
        410,
        "The API version is no longer served",
        "The version was deprecated, and its sunset date has passed.",
        "Move to one of the versions listed in `supported`.",
    ),
    Reason(
        "path_ambiguous",
        400,
        "The path can be read in two ways",
        "Encoded slashes or dots, `..`, `//`, backslashes, control characters, matrix parameters and broken percent "
        "encodings are refused: two programs could take such a path for different things.",
        "Send the path in its plain form.",
    ),
    Reason(
        "header_invalid",
        400,
        "The request's headers or framing are not valid",
        "Host is missing, doubled or not one of ours (421), the headers are too many or too long (431), a header that "
        "may occur once occurs twice, a full URL names another host than Host, the body is badly framed, or a line is "
        "not of HTTP/1.1, such as one that ends in a line feed alone.",
        "Send each such header once, lines that end in CR LF, and a body framed by Content-Length or in chunks.",
    ),
    Reason(
        "body_too_large",
        413,
        "The body is too large",
        "The body is longer than the route accepts, by its Content-Length or as it was received.",
        "Send a smaller body; `detail` names the limit.",
    ),
    Reason(
        "uri_too_long",
        414,
        "The request line is too long",
        "Method, path and query together are longer than 8 KB.",
        "Shorten the query, or send the data in a body.",
    ),
    Reason(
        "request_timeout",
        408,
        "The request took too long to arrive",
        "Headers or body stopped arriving before they were complete, or arrived too slowly.",
        "Send it again over a better connection.",
    ),
    Reason(
        "bodies_full",
        503,
        "Too many bodies are arriving",
        "The memory that bodies may take while they arrive is in use.",
        _LATER,
    ),
    Reason(
        "upstream_unreachable",
        503,
        "A service could not be reached",
        "The service behind this route does not accept connections. It has seen nothing of the request.",
        _LATER,
    ),
    Reason(
        "upstream_timeout",
        504,
        "A service did not answer in time",
        "The service behind this route was silent for longer than the route allows.",
        _TRY_AGAIN,
    ),
    Reason(
        "upstream_invalid",
        502,
        "A service gave an unreadable answer",
        "The service behind this route answered with something that is not HTTP, with nothing, or broke off.",
        _TRY_AGAIN,
    ),
    Reason(
        "keys_unavailable",
        503,
        "Access tokens cannot be verified at the moment",
        "The keys of the token issuer have not been fetched since the gateway started. Requests without a token work.",
        _LATER,
    ),
    Reason(
        "revocations_unknown",
        503,
        REVOCATIONS_TITLE,
        "The route is for accounts with a role, this one is an editor's, a moderator's or an admin's, and auth could "
        "not be asked for a minute whether it still is. Reading goes on, and authors write on.",
        _LATER,
    ),
    Reason(
        "database_unavailable",
        503,
        "A service's database does not answer",
        "The service behind this route reached its database too late or not at all. Nothing was changed.",
        _LATER,
    ),
    Reason(
        "storage_full",
        503,
        "A service has no room left",
        "A disk of the service behind this route is full, or its quota is used up. Nothing was changed.",
        _LATER,
    ),
    Reason(
        "storage_unavailable",
        503,
        "A service cannot keep anything at the moment",
        "A disk or bucket of the service behind this route is read-only, broken or away. Nothing was changed.",
        _LATER,
    ),
    Reason(
        "internal_error",
        500,
        "Something went wrong on our side",
        "The gateway has a defect.",
        "Tell the operators the request_id.",
    ),
)
REASONS = {reason.code: reason for reason in _REASONS}


class Refusal(Problem):
    """A problem of the catalogue; ``members`` are added to its body (RFC 9457, 3.2)."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        members: dict[str, Any] | None = None,
    ) -> None:
        reason = REASONS[code]
        super().__init__(status or reason.status, code, detail or reason.meaning, title=reason.title, headers=headers)
        self.members = members or {}

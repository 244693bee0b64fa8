"""Why an access token is refused."""

from chassis.problems import Problem

TITLES = {
    "token_missing": "An access token is needed",
    "token_malformed": "The access token is malformed",
    "token_signature": "The access token's signature is not valid",
    "token_expired": "The access token has expired",
    "token_not_yet_valid": "The access token is not valid yet",
    "token_issuer": "The access token is from another issuer",
    "token_audience": "The access token is for another audience",
    "token_algorithm": "The access token's algorithm is not accepted",
    "token_revoked": "The access token has been revoked",
}
"""The title of each code; the gateway has pages of the same titles."""


class TokenRefused(Problem):
    """401 with one of the codes ``token_*``."""

    def __init__(self, code: str, detail: str = "") -> None:
        title = TITLES[code]
        challenge = f'Bearer error="invalid_token", error_description="{title}"'
        super().__init__(401, code, detail or f"{title}.", title=title, headers={"WWW-Authenticate": challenge})


class UnknownKey(TokenRefused):
    """No key has the token's ``kid``: a forgery, or a key younger than the key set."""

    def __init__(self, kid: str) -> None:
        super().__init__("token_signature", "The access token names a key that is not known.")
        self.kid = kid

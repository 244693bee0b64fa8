"""What a server said when it refused: in its own words, without what may hold a secret."""

import re

_SAID = re.compile(
    r"FATAL:\s*(?P<postgresql>[^\n]+)"  # a wrong password, a database that is not there; no URL follows it
    r"|<Code>(?P<s3>\w+)</Code>"  # its message may repeat what was signed
    r"|(?:\(\d{3}\)|broker refuses:) (?:\\*(?P<quote>['\"]))?(?P<rabbitmq>[A-Z_]+ - .+?)(?:\\*(?P=quote)|$)"
)


def server_reason(error: BaseException | str) -> str:
    """The reason that PostgreSQL, RabbitMQ or an S3 store gave; empty where the error carries none."""
    found = _SAID.search(str(error))
    if not found:
        return ""
    text: str = found["postgresql"] or found["s3"] or found["rabbitmq"]
    return text.replace("\\", "").strip()  # of quotes within quotes


def describe(error: BaseException) -> str:
    """``refuses: <its own words>`` where the server said why it does not let one in, else that it does not answer."""
    reason = server_reason(error)
    return f"refuses: {reason}" if reason else f"does not answer ({type(error).__name__})"

"""What a server that one could not connect to said, without what may hold a secret."""

_SAID = "FATAL:"
"""PostgreSQL's word before its reason, such as a wrong password or a database that is not there; no URL follows it."""


def refusal(error: Exception) -> str:
    """``refuses: <its own words>`` where the server said why it does not let one in, else that it does not answer."""
    said = str(error).partition(_SAID)[2].partition("\n")[0].strip()
    return f"refuses: {said}" if said else f"does not answer ({type(error).__name__})"

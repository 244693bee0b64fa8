"""No secret of anybody lies in the repository: none has the form of those that programs give out."""

import re
import subprocess

import pytest

from tests.documents.pages import ROOT

FORMS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}",
    "access key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "token of a code host": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})",
    "token of a chat": r"\bxox[abprs]-[\w-]{10,}",
    "key of a payment service": r"\b[rs]k_live_[A-Za-z0-9]{20,}",
    "personal token of ours": r"\bbsp_[A-Za-z0-9_-]{40,}",
    "signed token": r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{40,}",
    "password in an address": r"\b[a-z][a-z0-9+]*://[\w.-]+:[^\s/@:{}$<>\"'%]{8,}@(?!example\.|[\w.-]*\.example)[\w-]+\.\w",
}
EXAMPLES = {  # so that a form that finds nothing is seen
    "private key": "-----BEGIN EC " + "PRIVATE KEY-----\n" + "A" * 64,
    "access key of a cloud": "AKIA" + "B" * 16,
    "token of a code host": "ghp_" + "c" * 36,
    "token of a chat": "xoxb-" + "1" * 12,
    "key of a payment service": "sk_live_" + "d" * 24,
    "personal token of ours": "bsp_" + "e" * 43,
    "signed token": ".".join(("eyJ" + "f" * 30, "eyJ" + "g" * 60, "h" * 86)),
    "password in an address": "amqp://broker:" + "s" * 12 + "@queue.prod.net/",
}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """All files that are kept."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return {str(path.relative_to(ROOT)): path.read_text(errors="ignore") for path in paths if path.is_file()}


@pytest.mark.parametrize("form", FORMS)
def test_nothing_has_the_form_of_a_secret(form: str, texts: dict[str, str]) -> None:
    pattern = re.compile(FORMS[form])
    assert pattern.search(EXAMPLES[form])
    assert {name: found[0] for name, text in texts.items() if (found := pattern.search(text))} == {}

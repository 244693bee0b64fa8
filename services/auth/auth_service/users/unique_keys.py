"""When two spellings are one account: each has a key, made here and nowhere else, least of all by a database.

Databases fold letters each in a way of their own: SQLite knows ASCII alone, PostgreSQL follows its locale.
"""

import unicodedata

import idna

# What still is not ASCII after folding, of the letters that case makes of ASCII ones: both i of Turkish.
_LATIN_I = str.maketrans({"\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{COMBINING DOT ABOVE}": None})


def username_key(username: str) -> str:
    """What the spellings of one username have in common."""
    return _folded(username)


def look_alike_key(username: str) -> str:
    """What usernames that look alike have in common: the skeleton (UTS 39, 4) without letter case.

    Of the characters that a username may hold, Unicode's confusables.txt knows four: 0 looks like O, 1 and I like l,
    and m like rn. So no table of thousands is needed. I is looked at before case is taken away: i looks like no l.
    """
    folded = username.replace("I", "l").lower()
    return folded.replace("0", "o").replace("1", "l").replace("m", "rn")


def email_key(email: str) -> str:
    """What the spellings of one e-mail address have in common: no letter case, and of a domain its ASCII form.

    A mailbox could tell case apart (RFC 5321, 2.4), and none is known to. Domains are compared as IDNA 2008 with the
    mapping of UTS 46 has it; one that it does not know, as an address literal, is folded like a mailbox.
    """
    mailbox, _, domain = email.rpartition("@")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        ascii_domain = _folded(domain)
    return f"{_folded(mailbox)}@{ascii_domain}"


def login_key(login: str) -> str:
    """What the spellings of one e-mail address or username have in common. No username holds an @."""
    return email_key(login) if "@" in login else username_key(login)


def _folded(text: str) -> str:
    """Compatible letters made one, without case (near to toNFKC_Casefold of Unicode 3.13)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded.translate(_LATIN_I))

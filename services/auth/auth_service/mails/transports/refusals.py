"""What can go wrong with a mail."""


class MailRefused(Exception):  # noqa: N818  said of the mail
    """Nobody will ever take this mail: there is no such mailbox, or it may not hold this."""


class MailDeferred(Exception):  # noqa: N818  said of the mail
    """This mail is not taken now; others may be."""


class MailServerAway(Exception):  # noqa: N818  said of the server
    """The server does not answer, or takes no mail of ours for now; every mail waits."""

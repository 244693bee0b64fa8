"""Making and deleting one's own ``personal_tokens``, after a step up in the session."""

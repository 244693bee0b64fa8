"""Access tokens: the issuer's keys, and the tokens verified with them."""

"""Content codings of answers (RFC 9110, 8.4): chosen by the client, on routes that say so, within a share of a core."""

"""Answers that are the same for everybody: kept, asked for once, and forgotten when an event says so (RFC 9111)."""

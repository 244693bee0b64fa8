"""Well-known attacks on an HTTP gateway, each with the answer that it must get: rows by kind, sent over raw sockets."""

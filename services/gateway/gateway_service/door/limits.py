"""What a client may cost before anybody has looked at its request."""

REQUEST_LINE_BYTES = 8 * 1024
HEADER_BYTES = 16 * 1024
HEADER_FIELDS = 100
HEAD_BYTES = REQUEST_LINE_BYTES + HEADER_BYTES
"""The longest head, whatever is in it; the chain looks at its parts."""
FRAMING_BYTES = HEADER_BYTES
"""The most of a chunked body that bring no content: extensions of chunks, and trailers."""
AHEAD_BYTES = 64 * 1024
"""Taken from a client ahead of who reads: of a body, or of requests behind the one that is being answered."""
UNSENT_BYTES = 64 * 1024
"""Held for a client that reads slowly, before whoever sends has to wait."""
READ_BYTES_PER_SECOND = 1024
"""The least that a client takes of a response given whole, on average over HEAD_SECONDS; who takes less is cut."""
CONNECTIONS = 16_384
HEAD_SECONDS = 20.0
"""For a whole head, and for a connection on which nothing is asked."""
LINGER_SECONDS = 2.0
"""For a client that still sends behind a last answer: closing at once would destroy it on its way (RFC 9112, 9.6)."""
SENDS_ON_SECONDS = 10.0
"""For a client that has its response, and has not sent all of its body: what still comes is taken in."""

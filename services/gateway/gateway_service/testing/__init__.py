"""For tests: real gateways, services to stand behind them, HTTP by hand, and the cast."""

from uuid import UUID

ALICE = UUID("01890000-0000-7000-8000-00000000a11c")
BOB = UUID("01890000-0000-7000-8000-000000000b0b")
SCOPE = "account posts media"

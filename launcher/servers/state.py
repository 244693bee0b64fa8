"""What a private server keeps between starts: its ports and its password, in one file only its owner reads."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from launcher.servers.ports import free_port, is_free


@dataclass
class ServerState:
    """Ports by purpose, and the password clients need."""

    ports: dict[str, int]
    password: str

    @classmethod
    def load(cls, file: Path, purposes: tuple[str, ...]) -> "ServerState":
        """Read the kept state, or make and keep a new one with free ports."""
        if file.exists():
            return cls(**json.loads(file.read_text()))
        state = cls({purpose: free_port() for purpose in purposes}, secrets.token_hex(16))
        state.save(file)
        return state

    def save(self, file: Path) -> None:
        """Write the state for the next start."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(self)))

    def leave_taken_ports(self) -> None:
        """Move to free ports where somebody else listens on the kept ones now."""
        self.ports = {purpose: port if is_free(port) else free_port() for purpose, port in self.ports.items()}

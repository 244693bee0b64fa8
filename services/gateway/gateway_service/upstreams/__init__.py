"""Talking to the services behind the gateway: connections, bodies, deadlines, headers."""

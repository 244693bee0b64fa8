"""Turning the second factor of ``totp`` on and off, after a step up in the session."""

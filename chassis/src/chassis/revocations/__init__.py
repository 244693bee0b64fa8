"""Access tokens that are refused before they expire: a list in memory, kept fresh by auth's events and snapshots."""

from chassis.revocations.feed import RevocationFeed, feed_of
from chassis.revocations.known import Follower, Revocations
from chassis.revocations.revoked_tokens import RevokedTokens

__all__ = ["Follower", "RevocationFeed", "Revocations", "RevokedTokens", "feed_of"]

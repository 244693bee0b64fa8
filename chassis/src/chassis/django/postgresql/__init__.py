"""Django's backend for PostgreSQL, spared some work that is the same for every request; see ``base``."""

"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters (Password Storage Cheat Sheet).

    Django's own ask for 100 MiB and eight threads, with which a few log-ins at once bring a small pod down.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1

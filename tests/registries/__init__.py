"""What is registered in one place and must be there in another: ``python -m tests.registries`` names what is missing.

It reads files and imports no service, so it costs a second and is part of `make lint`.
"""

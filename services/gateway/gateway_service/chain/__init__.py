"""The links of the chain, one a file: what the gateway does to every request (see app.py for their order)."""

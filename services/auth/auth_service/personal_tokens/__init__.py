"""Personal access tokens: rows, what they are exchanged for, and their end, which sessions ask for.

One makes and deletes one's own in ``issuance``, which knows sessions: here it would be a circle.
"""

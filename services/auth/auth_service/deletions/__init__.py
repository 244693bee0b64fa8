"""That an account is to be deleted: rows, receipts and shapes, which log-ins and ``me`` ask for.

How it is deleted is in ``erasure``, which ends sessions: here it would be a circle.
"""

"""The second factor: secrets and codes, which log-ins ask for.

It is turned on and off in ``enrolment``, which knows sessions: here it would be a circle.
"""

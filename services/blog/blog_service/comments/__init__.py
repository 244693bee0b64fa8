"""What readers say about posts: rows, rights, and the shapes of answers, which posts show as well.

Its views are in ``discussions``, which knows posts: here they would be a circle.
"""

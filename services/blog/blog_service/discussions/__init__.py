"""The operations on comments: views that answer with the shapes of ``comments``, under the posts that one may read."""

"""What wraps ``forward`` so that a service which fails, or never ends, does not take all others with it."""

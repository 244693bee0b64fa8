"""The gateway on more than one core: a process that accepts, hears and watches, and workers that serve."""

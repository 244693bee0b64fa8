"""``make alert-proof``: each alert fires on a platform that runs and is broken, and resolves by its runbook."""

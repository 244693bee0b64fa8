"""What `make` runs: sets the platform up on one machine, starts, watches and stops it."""

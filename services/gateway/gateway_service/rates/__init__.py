"""How often one may ask: quotas, what is left of them, and where that is kept."""

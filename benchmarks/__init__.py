"""Figures, measured side by side in one run: one module per benchmark, results as JSON beside them."""

"""Write for Broadsheet from folders and scripts, on its public API alone."""

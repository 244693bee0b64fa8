"""How an account is deleted that ``deletions`` knows is to be: views, steps, and what becomes of rows."""

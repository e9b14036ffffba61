"""The model as Python: every string that a template prints is made here."""

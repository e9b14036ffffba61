"""What a comparison cannot begin with."""

__all__ = ["InputError"]


class InputError(Exception):
    """An old or a new side that does not exist or is none; the text says what to write."""

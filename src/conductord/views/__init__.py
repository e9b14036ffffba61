"""From rows of the store to the structs of the wire: the only place where the two meet."""

"""How a schema may change: the table of what breaks whom, row by row."""

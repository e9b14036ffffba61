"""Reading YAML that a person wrote, so that every mistake in it can be named with its place.

`nodes` turns text into nodes that know their line and column; `fields` reads typed values from a mapping and
collects the mistakes. The job file and the settings file are both read with it.
"""

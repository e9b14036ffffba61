"""Job file (YAML) -> `conductord.spec.JobSpec`, with every mistake named by its place.

`reader` reads the job as a whole, `sheets`, `instruments` and `rules` its parts, `order` the needs between
sheets, and `substitution` the variables.
"""

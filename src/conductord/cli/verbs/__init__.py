"""The verbs of `conductor`, one a file: `add_arguments(parser)`, and `run(session, args)` for the exit code."""

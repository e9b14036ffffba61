"""The person's command line: `conductor VERB ...`.

Only the module of the verb that was asked for is imported: start-up time is what a person feels, and completion
of job names runs this for every press of a key.
"""

from conductord.cli.main import main

__all__ = ["main"]

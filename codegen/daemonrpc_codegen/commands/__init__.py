"""The verbs that the generator adds to the `daemonrpc` command: one file each, found through entry points.

Exit codes: 0 done, 1 the answer is no (the schema is wrong, the output is stale, something breaks), 2 the command line
or the settings are wrong.
"""

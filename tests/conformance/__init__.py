"""JSON-RPC 2.0 and the rules of the wire as a table of cases, run without I/O and over a socket."""

"""kv-cache: texts by key, with expiry, a bound on memory and a stream of changes."""

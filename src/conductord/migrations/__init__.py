"""Numbered SQL files; `conductord.store.migrate` applies those that a state file has not seen yet."""

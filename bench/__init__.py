"""Benchmarks: one question a file; `python -m bench` asks them all and prints ratios."""

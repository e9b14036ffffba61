"""Benchmarks: one question a file in `bench.questions`; `python -m bench` asks them all and prints ratios.

Every figure is the median of several rounds. Within a round all subjects of a question are measured in turn, so that
what else the machine does hits them alike. Servers and clients are processes of their own.
"""

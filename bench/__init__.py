"""Benchmarks: each module prints a table and, as its last line, one JSON object with its ratios.

`vs_x` is our time over theirs (smaller is better), `speedup_x` is theirs over ours. Progress goes to stderr.
"""

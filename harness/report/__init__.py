"""Views of `results.jsonl`, and nothing else.

- `results_file`: the files of a run as they are written and read.
- `frame`: the pandas tables from which every view is made.
- `terminal`, `markdown`: the table on the terminal, and `summary.md`.
- `failures`, `absent`: the worst failures first, and the engines that took no part.
"""

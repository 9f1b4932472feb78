"""Cases x engines -> `results.jsonl`: engines are named and opened, cases are run, outcomes are recorded.

- `engine_name`, `registry`, `roster`: from a name on the command line to an engine of a run.
- `runner`, `two_processes`, `overlap`: running cases; on both cores; torch while a child computes.
- `expected_failures`, `xfail_files`: failures that are expected, and the files that list them.
- `record`, `under_way`, `session`: what is written as it happens; a run from start to end.
"""

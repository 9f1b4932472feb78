"""Cases x engines -> `results.jsonl`: engines are named and opened, cases are run, outcomes are recorded.

- `engine_name`, `registry`, `roster`: from a name on the command line to an engine that takes part in a run.
- `runner`: how cases run on one engine. `schedule`, `work`: several engines at once, in worker processes.
- `expected_failures`, `xfail_files`: failures that are expected, and the files that list them.
- `solution`: the cases that a solution passes.
- `report_folder`, `spans`, `under_way`, `run_and_report`: the files that are written while a run goes on, the
  places of the rows in them, the run itself, and the run with its report. `alone`: one run at a time writes
  to a folder.
"""

"""Cases x engines -> `results.jsonl`: engines are named and opened, cases are run, outcomes are recorded.

- `engine_name`, `registry`, `roster`: from a name on the command line to an engine that takes part in a run.
- `columns`: the headings of the engines.
- `runner`: how cases run on one engine. `schedule`, `worker_process`, `work`: several engines at once, in
  worker processes.
- `dask_schedule`, `dask_worker`: the same on other machines, the workers of a Dask scheduler.
- `earlier_answers`: torch's answers of earlier runs, where no engine of the run can read them.
- `expected_failures`, `xfail_files`: failures that are expected, and the files that list them.
- `solution`: the cases that a solution passes.
- `report_folder`, `spans`, `under_way`: the files that are written while a run goes on, the places of rows in
  them, and the run itself. `alone`: one run at a time writes to a folder.
- `run_and_report`, `finished_run`: the run with its report, and its result.
"""

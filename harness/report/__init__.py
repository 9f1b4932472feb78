"""Views of `results.jsonl`, and nothing else.

- `results_file`, `rows`: the columns of `results.jsonl`, how its lines are written, and how they are read.
- `description_file`, `diagnosis_file`: `run.json` and `diagnosis.json`. `run_files`: all files of one run.
- `row_check`, `shape`: files that were made or changed by hand are refused in a sentence.
- `diff/`: the difference between two runs.
- `files`: every file of the report, in one pass over `results.jsonl`, of which no row stays in memory.
- `tally`, `missing`, `failures`: what is kept of the rows: sums, what engines lack, the places of failures.
- `summary`, `score`, `absent`: the rows of the summary and their texts, and the engines that took no part.
- `markdown`, `markdown_tables`, `spreadsheet`: `summary.md`, and every CSV file, harmless in a spreadsheet.
- `merge`: several runs become one. `table_file`: a table as LaTeX, Parquet and other formats.
- `plots`: the plots of the page as pictures.
- `terminal`: the table. `progress`, `busy`: how far a run is, and what is done when nothing is said.
- `html`: pages, each one file. `drawing`: a program with its numbers as a circuit.
- `frame`: the same as pandas tables, for people who go on with them. No report needs them.

Nothing here opens an engine or runs a case.
"""

"""Views of `results.jsonl`, and nothing else.

- `results_file`: the columns of `results.jsonl`, and the files of a run as they are written and read.
- `frame`: the pandas tables from which every view is made, and the two CSV files.
- `spreadsheet`: every CSV file, harmless in a spreadsheet.
- `terminal`, `markdown`: the table and the progress on the terminal, and `summary.md`.
- `busy`: what is being done, said when nothing else is.
- `failures`, `missing`, `absent`: the worst failures first, what engines lack, and the engines that took no
  part.

Nothing here opens an engine or runs a case.
"""

"""From the files of a submission to modules. Untrusted code runs here, so only the child imports this room.

- `load`, `load_package`: a submission, or an installed package, as modules.
- `unpack`: the files as texts. `time_budget`: the time that loading may take.
- `run_statements`, `statements`: runs a source statement by statement. `run_notebook`: cell by cell.
- `newer_syntax`: the Python that a source needs when the running one cannot parse it.
- `ipython_names`: the functions that a notebook has without importing them.
- `import_hook`: the files of a submission import one another.
- `absent_packages`, `absent_parts`: placeholders for packages that are not installed.
"""

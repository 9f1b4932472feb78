"""From the files of a submission to modules. Untrusted code runs here, so only the child imports this room.

- `load`, `load_package`: a submission, or an installed package, as modules.
- `unpack`: the files as texts. `clock`: the time that loading may take.
- `run_statements`, `statements`, `run_notebook`, `ipython_names`: statement by statement, cell by cell.
- `import_hook`: the files of a submission import one another.
- `absent_packages`, `absent_parts`: placeholders for packages that are not installed.
"""

"""The child process: it runs untrusted code, which can change everything here. Nothing here is believed.

- `worker`: the loop over programs. `open_engine`: from the files that were sent to an engine.
- `landlock`, `seccomp`, `privileges`: the walls that the process puts up around itself.
"""

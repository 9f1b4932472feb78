"""The parent's side of a child process: it sends programs, keeps time, and believes nothing.

- `opener`: a path, a module or an entry point -> an engine.
- `isolated_engine`, `process`, `pipe`: the engine that runs in a child, its process, the pipe to it.
- `walls`, `staging`, `interpreter`: what the child can see, and which Python runs it.
"""

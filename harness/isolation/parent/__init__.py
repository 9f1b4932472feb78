"""The parent's side of a child process: it sends programs, keeps the time, and trusts no answer.

- `opener`: from a path, a module or an entry point to an engine.
- `isolated_engine`, `process`, `pipe`: the engine that runs in a child, its process, the pipe to it.
- `walls`, `staging`, `interpreter`: what the child can see, and which Python runs it.

The parent runs no untrusted code, but it parses untrusted data, within these bounds:

- A line from the child is parsed as JSON, up to `Limits.answer` bytes; then `wire` checks every type,
  length and name in it.
- Prints of the child are decoded as text, up to `Limits.output` bytes.
- The files of a submission are read by `harness.submission.collect`, which names its own bounds.
"""

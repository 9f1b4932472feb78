"""The parent's side of a child process: it sends programs, keeps the time, and trusts no answer.

- `opener`: from a path, a module or an entry point to an engine. `request`: such an engine, before a child
  opens it.
- `isolated_engine`: the engine that runs in a child. `window`: the questions that the child has ahead.
- `children`, `process`, `pipe`, `prints`: the children of an engine, one process, the pipes to it and for its
  prints. `clock`: the time that it takes.
- `patience`: when an engine that does not answer is no longer asked. `machine`: tells a fault of the machine
  from one of the engine.
- `answer_size`: how long an answer may be.
- `walls`, `staging`, `interpreter`: what the child can see, and which Python runs it.

The parent runs no untrusted code, but it parses untrusted data, within these bounds:

- A line from the child is parsed as JSON, up to `Limits.answer` bytes, and no more than `answer_size` says
  that the program can ask for; then `wire` checks every type, length and name in it.
- Prints of the child are decoded as text, up to `Limits.output` bytes.
- The files of a submission are read by `harness.submission.collect`, which names its own bounds.
"""

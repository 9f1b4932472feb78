"""The child process: it runs untrusted code, which can change everything in this process.

- `worker`: the loop over programs. `open_engine`: from the files that were sent to an engine.
- `landlock`, `seccomp`, `privileges`: the sandbox that the process puts around itself. `no_programs`: how
  starting a program fails there.
- `addresses`: another order of addresses, for an engine that is asked again.

The parent therefore checks everything that it gets from here (`harness.isolation.wire`).

The parent imports `landlock` and `seccomp` too, to ask what the kernel offers; it never applies them to
itself. With `--isolation none` it also calls `open_engine`.
"""

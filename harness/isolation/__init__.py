"""Running an engine that we do not trust: in a child process, inside a sandbox, with numbers as its answers.

- `options`, `limits`: what the person who runs gradconform allows. `wire`: transcripts on the pipe.
- `parent/`: opens a child, sends programs, and checks everything that comes back.
- `child/`: the only place where untrusted code runs, inside a sandbox that the process puts around itself.

`--isolation none` is the exception: then `parent.opener` runs the child's code in this process.
"""

"""Running an engine that we do not trust: in a child process, behind walls, numbers out.

- `options`, `limits`: what the person who runs allows. `wire`: transcripts on the pipe.
- `parent/`: opens a child, sends programs, and believes nothing that comes back.
- `child/`: runs untrusted code, behind walls that it puts up around itself.
"""

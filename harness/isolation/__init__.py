"""Running an engine that we do not trust: in a child process, behind walls, numbers out.

- `parent`: the process in which gradconform itself runs; it owns limits, time and judgement.
- `worker`: what the child runs. It needs the standard library and the core only.
"""

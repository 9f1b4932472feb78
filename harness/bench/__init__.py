"""The time of an engine compared with that of torch, and its growth with the size of a graph.

The cases tagged `bench` come in growing sizes (depth, width or batch). The size is in the brackets of the id.

- `phases`: a program is cut into build, forward and backward. `timing`: the time of each phase.
- `tables`, `plot`, `page`: the timings as tables, as pictures, and on a page.
- `timing_run`: a run of `gradconform bench` from start to end.
"""

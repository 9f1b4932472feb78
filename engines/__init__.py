"""The engines that come with gradconform. A module has the name of its engine's column in a report.

- `scalar`, `numpy_`: a library and its adapter. `torch_`, `autograd_`: adapters of installed packages.
- `faulty`: the known mistakes, which `gradconform selftest` puts into the first two.
"""

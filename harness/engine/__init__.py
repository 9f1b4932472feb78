"""How an engine runs a program. Standard library only; goes to the child.

- `contract`: `Engine`, the contract, and `EngineInfo`, everything that reports say about an engine.
- `eager`: `EagerEngine` for libraries that compute as they go.
- `functional`: `FunctionalEngine` for libraries that differentiate functions.
- `numpy_names`: the functions of a library that resembles NumPy, under torch's names.
- `library`: the methods of a library that an adapter defines, and those that calling an op needs.
- `op_caller`: how one op is called. `arguments`, `option_names`: how a function takes its arguments,
  and under which names. `exceptions`: the meaning of an exception that an engine raised.
- `cpython_messages`: the words of CPython's messages on which a decision depends.
- `eager_walk`, `eager_steps`: the walk of an eager engine through a program.
- `replay`, `pullback`: the walk of a functional engine, and the walks inside it.
- `optimizer`: how leaves move. `offers`: which ops an engine has. `spelling`: how a person writes programs
  for it. `garbage`: how often Python collects reference cycles.
- `builtin`: the engines that come with gradconform.
"""

"""How an engine runs a program. Standard library only; goes to the child.

- `contract`: `Engine`, the contract, and `EngineInfo`, everything that reports say about an engine.
- `eager`: `EagerEngine` for libraries that compute as they go.
- `functional`: `FunctionalEngine` for libraries that differentiate functions.
- `library`: what an adapter says of its library, and what calling an op needs of it.
- `op_caller`: how one op is called. `arguments`, `exceptions`: how a function takes its arguments, and
  what an exception of an engine means.
- `cpython_messages`: the words of CPython's messages on which a decision depends.
- `eager_walk`, `eager_steps`: the walk of an eager engine through a program.
- `replay`, `pullback`: the walk of a functional engine, and the walks inside it.
- `optimizer`: how leaves move. `offers`: which ops an engine has. `garbage`: when Python collects cycles.
- `builtin`: the engines that come with gradconform.
"""

"""An untrusted class becomes an engine, without an adapter. Goes to the child.

- `adapted`: find the one class of a submission that is an engine, and make an engine of it.
- `NothingDefined`: raised for a submission without any class.
- `SeveralEngines`: raised for a submission with more than one engine.

`spellings` has the naming conventions of autograd engines as tables. `probe` tries the conventions on the
class itself, and explains one class step by step: a convention is taken when it works on an example. No file
of this folder decides whether a result is right.

- `find`: which class of a submission is the engine; `no_engine`: why there is none. `probe`: how it is
  used, a `usage`.
- `leaves`, `attributes`, `arrays`, `arithmetic`, `backward`, `cotangents`, `precision`: the candidates of one
  step of the probe.
- `adapted`: the engine that uses the class. `op_calls`, `operator_classes`, `homonyms`: how its ops are
  called. `refusals`: errors by which its author says what an op does not take.
- `written`: how a person writes a program for the class.
- `functions`, `code_objects`: the functions of a submission, and facts about their code.
"""

from .find import NothingDefined, SeveralEngines, adapted

__all__ = ["NothingDefined", "SeveralEngines", "adapted"]

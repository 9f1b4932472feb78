"""torch's own sample inputs as cases: `opinfo/<op>[k]`, and `opinfo/<op>[error-k]`.

The samples come from the OpInfo database of torch's test suite
(`torch.testing._internal.common_methods_invocations.op_db`). The database is private, so the import is
guarded; it needs the extra `gradconform[opinfo]`. `opinfo_sample` makes a case of one sample, where
that is possible.

- `names`: the ops that have samples. `samples_of`: the cases of one op.
- `select`: the samples whose ids match a glob.
"""

from __future__ import annotations

import fnmatch
import functools
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import NothingSelected, UsageError
from .case import Case
from .opinfo_sample import FAMILY, sample_case
from .torch_here import no_cache_folder


@functools.cache
def _database() -> dict[str, Any]:
    """The entries with float64 gradients, by name. UsageError when there is no database."""
    try:
        import torch

        with no_cache_folder():
            from torch.testing._internal.common_methods_invocations import op_db
    except ImportError as problem:
        raise UsageError(
            f"the OpInfo samples of torch cannot be imported ({problem}); "
            "install gradconform[opinfo], or a torch release whose private module still is "
            "torch.testing._internal.common_methods_invocations"
        ) from problem
    return {
        ".".join(filter(None, (op.name, op.variant_test_name))): op
        for op in op_db
        if op.supports_autograd and torch.float64 in op.dtypes
    }


def names() -> frozenset[str]:
    """The ops that have samples. Raises UsageError when torch's database cannot be imported."""
    return frozenset(_database())


def select(globs: Sequence[str]) -> list[Case]:
    """The samples whose ids match a glob.

    Raises NothingSelected when a glob matches none, UsageError as `names` does.
    """
    chosen: dict[str, Case] = {}
    for glob in globs:
        pattern = glob.replace("[", "[[]")
        # Only ops that could match are sampled: the whole database takes half a minute.
        prefix = glob.partition("[")[0].rstrip("*")
        names = [n for n in _database() if f"{FAMILY}/{n}".startswith(prefix) or "*" in prefix]
        found = [c for n in names for c in samples_of(n) if fnmatch.fnmatchcase(c.id, pattern)]
        if not found:
            raise NothingSelected(f"no case matches {glob!r}; see `gradconform cases 'opinfo/*'`")
        chosen.update((case.id, case) for case in found)
    return list(chosen.values())


@functools.cache
def samples_of(name: str) -> tuple[Case, ...]:
    """The cases of one op: its samples, then the inputs that it must refuse.

    Raises KeyError when no op of that name has samples, UsageError as `names` does.
    """
    with warnings.catch_warnings():
        # Deprecated ops warn, but their samples are cases like any other.
        warnings.simplefilter("ignore")
        return tuple(_cases(name, _database()[name]))


def _cases(name: str, op: Any) -> Iterator[Case]:
    import torch

    # Seeded per op, so that a sample is the same whatever else was selected.
    torch.manual_seed(0)
    samples = op.sample_inputs("cpu", torch.float64, requires_grad=True)
    for index, sample in enumerate(samples):
        case = sample_case(f"{FAMILY}/{name}[{index}]", op, sample)
        if case is not None:
            yield case
    if op.error_inputs_func is None:
        return
    for index, refused in enumerate(op.error_inputs("cpu")):
        # The database gives the words of each refusal. Where it gives none, the refusal is not certain.
        certain = bool(refused.error_regex)
        id = f"{FAMILY}/{name}[error-{index}]"
        case = sample_case(id, op, refused.sample_input, refused=certain)
        if case is not None:
            yield case

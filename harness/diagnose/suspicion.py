"""Which ops are suspect: those that the failing cases have in common, and the passing ones have not.

- `suspicion`: a number for each op.

The measure is that of A. Ochiai, as R. Abreu, P. Zoeteweij and A. J. C. van Gemund use it to find faults in
programs ("An evaluation of similarity coefficients for software fault localization", 2006).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from ..catalogue.case import Instance
from .evidence import Evidence


def suspicion(instances: Iterable[Instance], evidence: Evidence) -> Mapping[str, float]:
    """Return for each op how suspect it is, from 0 to 1.

    It is 1 for an op that all failing cases use and no passing one. An op that no failing case uses is left
    out.
    """
    failing = {case for case, _ in evidence.failed}
    failed: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for instance in instances:
        (failed if instance.case.id in failing else passed).update(instance.program.ops)
    return {
        op: count / math.sqrt(len(failing) * (count + passed[op])) for op, count in failed.items()
    }

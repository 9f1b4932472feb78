"""torch's own samples: how they become cases, and that the NumPy engine passes those of each kind of op.

All of them are run by `gradconform run numpy --cases 'opinfo/*'`.
"""

from __future__ import annotations

import pytest
import torch
from gradconform.engines.numpy_ import Numpy
from gradconform.harness.catalogue import opinfo
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.run.runner import run_case

# Small databases, each of an op with degenerate samples: 0-d, empty, broadcast, legacy arguments.
OPS = [
    "atleast_1d",
    "cov",
    "diff",
    "gather",
    "half",
    "index_add",
    "index_fill",
    "linalg.norm",
    "linalg.slogdet",
    "linalg.vander",
    "masked_scatter",
    "nn.functional.avg_pool2d",
    "nn.functional.conv3d",
    "nn.functional.cosine_similarity",
    "nn.functional.group_norm",
    "nn.functional.pad.replicate_negative",
    "nn.functional.prelu",
    "norm",
    "scatter",
    "std_mean.unbiased",
    "take_along_dim",
    "tensor_split",
    "tensordot",
    "where",
]


@pytest.mark.parametrize("op", OPS)
def test_every_sample_of_an_op_passes(op: str, reference: Reference) -> None:
    results = [run_case(case, Numpy(), reference, 0, "float64") for case in opinfo.samples_of(op)]
    assert results
    found = {r.case.id: r.outcomes[0].message for r in results if r.verdict is not Verdict.PASS}
    assert not found


def test_what_is_drawn_at_random_is_no_case() -> None:
    engine = Reference().engine
    for op in ("nn.functional.dropout", "nn.functional.rrelu"):
        for case in opinfo.samples_of(op):
            instance, answers = case.instance(0, "float64"), []
            for seed in (1, 2):
                torch.manual_seed(seed)
                answers.append(engine.run(instance.program, instance.inputs))
            assert answers[0] == answers[1]


def test_a_sample_is_the_same_however_often_it_is_asked_for() -> None:
    def digests() -> list[str]:
        opinfo.samples_of.cache_clear()
        return [c.instance(0, "float64").digest for c in opinfo.samples_of("linalg.vector_norm")]

    assert digests() == digests()

"""The markers that the tests of engines carry: one of their own, and one for each family, level and tag."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..catalogue.case import LEVELS
from ..catalogue.collection import catalogue
from ..catalogue.selection import SAMPLED
from ..errors import GradconformError

# Every test of an engine carries this one.
MARK = "conform"


def marker_lines() -> Iterator[str]:
    """Each marker as a line of the ini file. pytest.UsageError when the cases cannot be imported."""
    try:
        cases = list(catalogue())
    except GradconformError as problem:
        raise pytest.UsageError(str(problem)) from None
    families = {case.family for case in cases} | {SAMPLED.rstrip("/")}
    yield f"{MARK}: a conformance case of gradconform."
    yield from (f"{level}: conformance cases of the level {level}." for level in LEVELS)
    yield from (
        f"{family}: conformance cases of the family {family}." for family in sorted(families)
    )
    tags = {tag for case in cases for tag in case.tags} - families - {*LEVELS, MARK}
    yield from (f"{tag}: conformance cases tagged {tag}." for tag in sorted(tags))

"""A rubric of a few cases, frozen once for all tests."""

from contextlib import closing

import pytest
from gradconform.harness.catalogue.reference_cache import of_user
from gradconform.harness.grade.platforms.freezing import Recording, frozen
from gradconform.harness.grade.platforms.frozen_rubric import write_frozen

from .small_rubric import RUBRIC


@pytest.fixture(scope="session")
def frozen_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("frozen") / "hw.frozen"
    with closing(Recording(cache=of_user())) as torch:
        write_frozen(path, frozen(RUBRIC, torch))
    return path

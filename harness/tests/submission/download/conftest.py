"""A place to make plans."""

import pytest
from gradconform.harness.tests.submission.download.downloads import Planner


@pytest.fixture
def plan(tmp_path):
    return Planner(tmp_path)

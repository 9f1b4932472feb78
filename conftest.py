"""The repository under its own plugin, installed or not, and the number of processes for its tests."""

import os

import pytest

# Installed, the entry point of the same name has registered it already, and this changes nothing.
pytest_plugins = ["gradconform.harness.plugin", "pytester"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return the number of workers for `-n auto`: many tests wait for a time limit, so more than cores."""
    return (os.cpu_count() or 1) + 2

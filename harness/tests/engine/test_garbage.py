"""During a run Python looks for cycles seldom, and what engines leave behind is freed all the same."""

import gc
import weakref

import pytest
from gradconform.harness.engine.garbage import free, keep, rarely_looked_for


class Node:
    """Refers to itself, as a node does whose closure refers to it."""

    def __init__(self):
        self.backward = lambda: self


def left_behind(count):
    nodes = [Node() for _ in range(count)]
    return weakref.ref(nodes[0])


@pytest.mark.parametrize("count", [5_000, 50_000])
def test_the_graph_that_a_case_leaves_is_freed_when_the_case_is_over(count):
    with rarely_looked_for():
        node = left_behind(count)
        assert node() is not None
        free()
        assert node() is None


def test_a_large_program_does_not_keep_what_was_left_behind_before_it():
    with rarely_looked_for():
        node = left_behind(5_000)
        free()
        program = [[] for _ in range(100_000)]
        keep()
        assert node() is None
        assert program


def test_afterwards_python_looks_as_often_as_before_and_at_everything():
    before = gc.get_threshold()
    with rarely_looked_for():
        node = left_behind(50_000)
        keep()
        free()
        assert node() is not None
    assert gc.get_threshold() == before
    gc.collect()
    assert node() is None

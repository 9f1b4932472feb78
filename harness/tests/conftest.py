"""Hypothesis repeats itself: the same examples on every run, and no deadline on a shared machine."""

from hypothesis import settings

settings.register_profile("gradconform", derandomize=True, deadline=None)
settings.load_profile("gradconform")

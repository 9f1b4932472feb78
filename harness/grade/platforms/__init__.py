"""Grading where a platform runs it, one submission at a time.

- `freezing`, `frozen_rubric`: a rubric with torch's answers in one file, so that torch need not be there.
"""

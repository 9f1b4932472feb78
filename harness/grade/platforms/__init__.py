"""Grading where a platform runs it, one submission at a time.

- `freezing`, `frozen_rubric`: a rubric with torch's answers in one file, so that torch need not be there.
- `grade_one`: grades one submission. `one_submission`: what can be said of it while it runs.
- `platform`: where a platform puts things, and what it takes back. `recognise`: which platform this is.
- `hand_in`: writes the result, never a half. `time_limit`: stops before the platform would.
- `examples`: the files that a platform needs, to copy.
"""

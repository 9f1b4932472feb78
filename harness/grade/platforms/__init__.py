"""Grading where a platform runs it, one submission at a time.

- `freezing`, `frozen_rubric`: a rubric with torch's answers in one file, so that torch need not be there.
- `grade_one`: grades one submission. `one_submission`: what can be said of it while it runs.
- `platform`: where a platform puts things, and what it takes back. `recognise`: which platform this is.
- `gradescope`, `prairielearn`, `classroom50`, `coursera`: one file for each. `judged`: what is said on all of
  them, from one description of an item.
- `replay`: a finished grading as an autograder that only hands its results out.
- `hand_in`: writes the result, never a half. `time_limit`: stops before the platform would.
- `examples`: the files that a platform needs, to copy.
"""

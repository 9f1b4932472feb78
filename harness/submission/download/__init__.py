"""A download of a course: which students handed in what, and which file of theirs is graded.

- `plan`: the plan that every layout gives.
"""

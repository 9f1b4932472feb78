"""A download of a course: which students handed in what, and which file of theirs is graded.

- `planning`: from a folder or zip to its plan. `plan`: the plan that every layout gives.
- `contents`, `zip_member`: the files of a folder or zip within bounds. `layouts/`: how they are named.
- `rosters/`: the roster of the course, and whose each submission is.
- `staging`: the files of one submission in a folder of their own. `choice`: which of them is run.
"""

"""The difference between two runs, as a person and as a pipeline want to know it.

- `changes`: compares two runs case by case, in one pass over each, without keeping a row.
- `likeness`: the reasons why two outcomes of one case cannot be compared, and when two failures are alike.
- `change`: one case that changed, and its numbers in words.
- `terminal`, `document`: the difference on a terminal, and as JSON.
"""

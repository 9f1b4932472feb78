"""The difference between two runs, as a person and as a pipeline want to know it.

- `compare`: compares two runs case by case, in one pass over each.
- `changes`: what it found, outside of memory. `change`: one case that changed, and its numbers in words.
- `likeness`: the reasons why two outcomes of one case cannot be compared, and when two failures are alike.
- `words`: sentences for all views.
- `terminal`, `markdown`, `page`, `document`: the difference on a terminal, as a comment on a pull request, as
  HTML and as JSON.
"""

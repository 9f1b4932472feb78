"""The layouts of downloads, one file for each.

- `recognise`: which layout a download has, and why. `handed`: the shape that each layout gives.
- `canvas`, `moodle`, `gradescope` (and `gradescope_list`), `blackboard`, `brightspace`, `classroom50`,
  `plain`.

A new layout is a file with a `Layout`, and one name in the list of `recognise`.
"""

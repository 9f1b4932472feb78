"""The roster of a course, from a sheet that its site gives, joined to the submissions of a download.

- `cells`: a file of comma-separated values as cells with their places. `table`: these as rows of text.
- `sheets`: from a sheet to the roster, by its headers. `moodle_sheet`, `any_sheet`: by what its cells hold.
  `roster`: the shape of a roster.
- `joining`: whose each submission is, and who is absent, by the `ids`. `groups`: the members of a group.
"""

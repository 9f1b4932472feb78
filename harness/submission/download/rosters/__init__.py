"""The roster of a course, from a sheet that its site gives, joined to the submissions of a download.

- `table`: a file of comma-separated values as rows of text. `roster`: the shape of a roster.
- `sheets`: from a sheet to the roster, by its headers. `moodle_sheet`, `any_sheet`: by what its cells hold.
- `joining`: whose each submission is, and who is absent. `groups`: the members of a group.
"""

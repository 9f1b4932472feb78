"""The teacher's own sheet, filled in: only the cells of the grade and of the feedback change.

- `filling`: the scores of a grading in a sheet. `matching`: whose each row is.
- `sheet`: a sheet as it is read. `columns`: those that may take a grade, and the one that does.
  `worksheet`: those of Moodle in any language. `numbers`: numbers as the sheet writes them.
- `rewriting`: the bytes with other texts in some cells. `comment`: the text of a cell for feedback.
- `telling`: what the command says. `platforms`: what the course's site will do with the sheet.
- `pages_zip`: pages for students as a zip that the course's site takes back.
- `writing`: where the files may be, and how they are written.
"""

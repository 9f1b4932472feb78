"""What torch promises: the conventions in the catalogue, with torch's own numbers, as one page.

- `themes`: the themes of the page, and the theme of a case.
- `promise`: one case: its program in torch's lines, and the numbers. `numbers`: these as text.
- `contents`: all of them, by theme and by the function that declares them, and the ops that have an edge.
- `other_torch`: what another torch answered, from the files of a run.
- `page`, `document`: the page, and the same as JSON.
"""

"""A submission as it was handed in: files, zips, folders and notebooks, read within bounds.

- `files`: a submission as bytes, and which files count; known to parent and child.
- `collect`: in the parent, from a path to a submission.
- `notebook_format`, `magics`: cells of a notebook, and the lines that are IPython's.
- `loading/`: in the child alone, from a submission to modules.
"""

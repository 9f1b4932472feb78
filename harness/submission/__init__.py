"""A submission as it was handed in: files, zips, folders and notebooks, read within bounds.

- `collect`: in the parent, from a path to a submission. `beside`, `package_imports`: the files that a file
  needs. `reading`: one file within bounds.
- `files`: a submission as bytes, and which files count; used by parent and child.
- `notebook_format`, `magics`: the cells of a notebook, and the lines that only IPython understands.
- `loading/`: in the child alone, from a submission to modules.
- `download/`: in the parent, from the download of a course to the file of each student.

The parent reads files up to the bounds in `files` (5 MiB a file, 50 MiB a notebook with its pictures,
20 MiB and 500 files in all). It parses this much of them, and never as Python:

- A notebook of at most 4,000,000 values is parsed as JSON, and of at most 20,000 cells the code is kept.
  A larger one, or one that is no JSON, is sent as it is up to 5 MiB, and refused above.
- A file that is named alone is searched by regular expressions for the files beside it that it imports
  or runs. For this, the at most 5 MiB that were kept of a notebook are parsed as JSON again.

A zip that is named is sent to the child unopened. The child unpacks it, parses Python and runs it. Of a
download the parent unpacks the zips, those of the students too: files of code alone, within the same bounds,
into a folder of its own for each student, and no name in a zip leads out of this folder.
"""

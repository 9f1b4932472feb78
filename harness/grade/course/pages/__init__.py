"""Pages of a grading, each one HTML file, on the frame of the pages of reports.

- `feedback`: the pages of all students. `student`: one of them.
- `staff`: the page of the class, for those who grade.
- `cards`: what a student should change. `example`: a case that fails, as a person would run it.
- `open_cases`: the answers that a student may see.
- `advice`: what a student can do about a status.
"""

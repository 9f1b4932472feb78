"""Grading a class: a download of a course in, points with a reason for each lost point out.

- `rubric`, `rubric_file`: what is asked for, and how it is read; `rubric_lines`: where a mistake is.
- `graded_cases`, `twins`: the cases of a rubric, and the same with other numbers.
- `calibration`, `calibrated`: a rubric held against engines whose mistakes are known.
- `course/`: a whole course, from the plan of a download to a folder with points and reasons.
- `sheets/`: its points in the sheet of the teacher, and its pages in a zip that the course's site takes back.
- `platforms/`: grading where a platform runs it. `zipped`: files as a zip.
- `own_run`: a student's own run of a rubric.
- `award`: the points of one submission. `item_result`: the points of one item. `stages`, `faults`, `answers`,
  `reasons`: which mistake costs which points. `program_line`: a program in one line of a reason.
- `points`, `rounding`: points as a person writes and as a person reads them.

Grading judges no numbers. The rows of `results.jsonl` say what passed, and points are counted from them.
"""

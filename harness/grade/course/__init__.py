"""The grading of a course: the plan of a download in, a folder with points and reasons out.

- `grade_course`: all of it. `request`: what a person asked for.
- `anonymous`: tokens in place of names, from the plan on; `key_file`: whose they are.
- `agenda`: which submissions are graded now, and why. `basis`: what a result rests on.
- `running`: submissions through the schedule of `harness.run`; `grading_work`: what a worker process does;
  `steady`: rows without the digits that no two processes share; `telling`: which mistakes are told.
- `result`, `folder`: one submission's result, and where it is kept.
- `class_facts`: facts about all students; `discrimination`: how well an item tells them apart.
- `marks`: points of each student; `overrides`: those that a person gave. `people`: students and submissions
  by the names that a person types.
- `scores`, `reasons`, `document`, `summary`, `plan_text`, `progress`: the views. `difference`: of two
  gradings, from `grading_file`.
- `pages/`: the pages of the students; `page_names`: their files.
- `finished`: a grading read from its folder, as the marks that it was written from.
- `copies`: hints that two submissions are one; `normalized`: their sources without names.
"""

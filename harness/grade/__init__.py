"""Grading a class: a download of a course in, points with a reason for each lost point out.

- `rubric`: items and their points. `item_result`: the points of one submission, item by item.

Grading judges no numbers. The rows of `results.jsonl` say what passed, and points are counted from them.
"""

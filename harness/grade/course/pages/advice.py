"""What a student can do where not all is graded.

- `ADVICE`: sentences by the status.
"""

from __future__ import annotations

from ..marks import Status

ADVICE = {
    Status.GRADER_ERROR: "This is not graded yet: the grader failed, and not your code. It costs no points. "
    "You need not do anything; the staff sees it, too.",
    Status.UNUSABLE: "No engine could be used in what you handed in, so that nothing could be tested. "
    "Mend what is said below, check that your file runs in a new Python, and talk to the staff about handing "
    "it in again.",
    Status.WAITS: "A person has not given all points yet. You need not do anything; the total will change.",
    Status.OUT_OF_DATE: "These points are of an earlier grading. You need not do anything; they will be "
    "counted anew.",
    Status.NOT_YET: "This is not graded yet. You need not do anything.",
    Status.NOTHING: "What you handed in holds no code that can be graded. Check that you handed in your file "
    "with the code (.py or .ipynb), and write to the staff.",
    Status.ABSENT: "Nothing was handed in for you. If you did hand in something, write to the staff.",
    Status.GRADED: "",
}

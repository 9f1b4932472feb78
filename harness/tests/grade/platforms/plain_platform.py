"""A platform that takes one file of JSON, in which everything is said."""

import json

from gradconform.harness.grade.platforms.judged import text_of
from gradconform.harness.grade.platforms.platform import Located


class Plain:
    name = "plain"

    def located(self, root, environ):
        return Located(root / "submission", root / "out", None, {})

    def files(self, outcome, located):
        mark = outcome.mark
        values = {
            "said": outcome.said,
            "gradable": outcome.gradable,
            "complete": outcome.complete,
            "score": None if mark is None or mark.score is None else str(mark.score),
            "items": {one.item: str(one.points) for one in mark.items} if mark else {},
            "reasons": [reason for one in mark.items for reason in one.reasons] if mark else [],
            "title": outcome.rubric.title,
            "text": text_of(outcome),
        }
        return {"result.json": json.dumps(values).encode()}


class Broken(Plain):
    """It cannot say that something was judged."""

    def files(self, outcome, located):
        if outcome.mark is not None:
            raise ZeroDivisionError("of the platform")
        return super().files(outcome, located)

"""What an engine lacks, in words."""

import pandas as pd
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.report.missing import missing

ABSENT = "scipy.special.expit was used, and scipy is not importable here (--allow scipy)"


def test_a_gap_keeps_the_option_that_helps_and_loses_its_remark():
    messages = [ABSENT, ABSENT, "relu (it has sigmoid)", "an op with " + "a long name " * 20]
    table = pd.DataFrame({"engine": "mine", "verdict": Verdict.MISSING, "message": messages})
    said = missing(table)["mine"]
    assert said.startswith(f"{ABSENT} (2 cases), relu (1 case), an op with a long name")
    assert said.endswith(" a ... (1 case)")
    assert len(said) < 220

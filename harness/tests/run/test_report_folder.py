"""The report folder during a run: rows come in any order, and lie in one order at the end."""

import tracemalloc

from gradconform.harness.run.report_folder import ReportFolder
from gradconform.harness.run.spans import Spans


def test_rows_are_put_in_order_and_the_second_of_a_case_replace_the_first(tmp_path):
    places = [(1, 0), (0, 2), (12, 1), (0, 0), (1, 3)]
    with ReportFolder(tmp_path, {}) as folder:
        for place in places:
            folder.append(place, f"{place} first\n")
        assert (tmp_path / "results.jsonl").read_text().count("first") == len(places)
        folder.append((0, 2), "(0, 2) revised,\nand longer\n")
    assert (tmp_path / "results.jsonl").read_text().splitlines() == [
        "(0, 0) first",
        "(0, 2) revised,",
        "and longer",
        "(1, 0) first",
        "(1, 3) first",
        "(12, 1) first",
    ]
    assert '"finished": 5' in (tmp_path / "run.json").read_text()


def test_a_place_in_the_file_needs_few_bytes():
    spans = Spans()
    tracemalloc.start()
    try:
        for engine in range(20):
            for case in range(1000):
                spans.add((engine, case), 500 * len(spans), 500)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert spans.in_order
    assert (19, 999) in spans
    assert (19, 1000) not in spans
    assert (20, 0) not in spans
    assert most < 30 * len(spans)

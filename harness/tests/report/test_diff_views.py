"""What a comment on a pull request, a page and a terminal show of the difference between two runs."""

import json
import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from gradconform.harness.report.diff.compare import compare
from gradconform.harness.report.diff.markdown import LONGEST, comment
from gradconform.harness.report.diff.page import page
from gradconform.harness.report.diff.terminal import print_changes
from gradconform.harness.report.results_file import lines
from gradconform.harness.report.run_files import RunFiles
from gradconform.harness.tests.report.test_diff import C, F, P, U, outcome, written

HOSTILE = "</details></script><script>alert(1)</script> @all | `x` \x1b[31m\u202e ![i](http://e.org/i.png)"


def changes_of(folder, old, new):
    return compare(written(folder / "old", old), written(folder / "new", new))


def test_a_comment_is_short_and_folds_what_follows(tmp_path):
    cases = [f"f/{number:02}" for number in range(14)]
    old = [outcome(P, case=case) for case in cases] + [outcome(F, 2.0, case="f/z")]
    new = [outcome(F, 3.0, case=case) for case in cases[:12]] + [
        outcome(U, case=cases[12]),
        outcome(P, case=cases[13]),
        outcome(F, 4.0, case="f/z"),
    ]
    with changes_of(tmp_path, old, new) as changes:
        text = comment(changes)
    assert text.startswith("### gradconform: 13 regressions\n")
    assert (
        "12 newly failing; 1 no longer passing; 1 still failing, with another number; 1 unchanged."
        in text
    )
    open_part = re.sub(r"<details>.*?</details>", "", text, flags=re.S)
    assert open_part.count("pass → fail (was 1): result is 3, torch says 1") == 10
    assert "- mine `f/12` result pass → unsupported" in open_part
    assert "<details><summary>2 more newly failing</summary>\n\n- mine `f/10`" in text
    assert "- mine `f/z` result fail (was 2): result is 4, torch says 1\n\n</details>" in text


@pytest.mark.parametrize("count", [3, 400])
def test_a_comment_has_room_on_github_and_says_what_was_cut(tmp_path, count):
    engines = [f"{HOSTILE} {number}" for number in range(3)]
    both = [
        [
            outcome(verdict, case=f"f/{n}", engine=e, digest="d")
            for e in engines
            for n in range(count)
        ]
        for verdict in (P, F)
    ]
    with changes_of(tmp_path, *both) as changes:
        text = comment(changes)
    assert len(text.encode()) <= LONGEST
    shown = text.count("\n- &lt;/details&gt;")
    left = re.search(r"no room for more: (\d+) newly failing\.\n$", text)
    assert shown + (int(left[1]) if left else 0) == 3 * count
    assert (left is None) == (count == 3)
    assert text.count("<details>") == text.count("</details>") <= 1
    for forbidden in ("<script>", "@all", "![", "http://", "\x1b", "\u202e", "`x`"):
        assert forbidden not in text


def test_hostile_texts_in_every_column_are_harmless_in_every_view(tmp_path, capsys):
    row = json.loads(lines([outcome(F, 2.0)]))
    texts = ("engine", "family", "case", "reading", "message", "title", "engine_version")
    row |= dict.fromkeys(texts, HOSTILE) | {"actual": HOSTILE, "tags": [HOSTILE]}
    for name in ("old", "new"):
        written(tmp_path / name, [])
        (tmp_path / name / "results.jsonl").write_text(json.dumps(row) + "\n")
        row |= {"verdict": "pass", "actual": {"opaque": HOSTILE, "text": HOSTILE}}
    runs = RunFiles.of(tmp_path / "new"), RunFiles.of(tmp_path / "old")
    with compare(*runs) as changes:
        assert changes.regressions == 1
        for shown in (page(changes), comment(changes)):
            assert not re.search("<script>alert|\x1b|\u202e", shown)
            assert "script" in shown
        print_changes(changes)
        printed = capsys.readouterr().out
        assert "![i](http://e.org/i.png)" in printed
        assert not {"\x1b", "\u202e"} & {*printed}


def test_the_page_fits_and_everyone_can_read_it(visit, tmp_path):
    """All kinds of changes are on it, of two engines, one of which has a long name."""
    old, new = [], []
    for engine in ("mine", HOSTILE + "long" * 30):
        pairs = ((P, F), (P, U), (F, P), (F, C), (F, U), (None, F), (F, None), (P, P))
        for number, (before, now) in enumerate(pairs):
            old += [outcome(before, engine=engine, case=f"f/{number}")] if before else []
            new += [outcome(now, 2.0, engine=engine, case=f"f/{number}")] if now else []
    old += [outcome(P, case="f/other")]
    new += [outcome(F, 2.0, case="f/other", digest="d2")]
    with changes_of(tmp_path, old, new) as changes:
        (tmp_path / "changed.html").write_text(page(changes), encoding="utf-8")
    for width, scheme in ((1280, "light"), (390, "dark")):
        shown = visit(tmp_path / "changed.html", width=width, scheme=scheme)
        assert shown.evaluate("document.documentElement.scrollWidth") == width
        assert shown.locator("h1").inner_text() == "4 regressions"
        assert [text.split(maxsplit=1) for text in shown.locator("h2").all_inner_texts()] == [
            ["Engines"],
            ["2", "newly failing"],
            ["2", "no longer passing"],
            ["2", "newly passing"],
            ["2", "still failing, with another number"],
            ["2", "changed in another way"],
            ["1", "not comparable"],
            ["2", "added"],
            ["2", "removed"],
        ]
        assert "result is 2, torch says 1" in shown.locator("table >> nth=1").inner_text()
    found = Axe().run(shown).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_where_a_case_passes_now_the_reading_that_failed_is_shown(tmp_path):
    old = [outcome(P), replace(outcome(F, 5.0), reading="x.grad")]
    new = [outcome(P), replace(outcome(P), reading="x.grad")]
    with changes_of(tmp_path, old, new) as changes:
        assert "mine `f/a` x.grad fail → pass (5 → 1)" in comment(changes)


def test_the_name_of_the_file_says_the_form(tmp_path, command):
    written(tmp_path / "old", [outcome(P)])
    written(tmp_path / "new", [outcome(F, 2.0)])
    for name, begins in (("d.md", "### gradconform"), ("d.html", "<!doctype"), ("d.json", "{")):
        assert command("diff", "old", "new", "-o", name)[:2] == (0, "")
        assert (tmp_path / name).read_text().startswith(begins)
    assert command("diff", "old", "new", "--markdown", "-o", "d.txt")[0] == 0
    code, _, err = command("diff", "old", "new", "-o", "d.txt")
    assert (code, "add --markdown, --html or --json" in err) == (4, True)
    code, _, err = command("diff", "old", "new", "--json", "-o", "none/d.json")
    assert (code, err) == (
        4,
        "gradconform: none/d.json cannot be written: there is no folder none\n",
    )

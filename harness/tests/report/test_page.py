"""`report.html` in a browser: what it shows, its filter, links, keys, widths, colours, and hostile texts."""

import json
import re
import shutil
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from gradconform.harness.errors import UsageError
from gradconform.harness.judge.outcome import CaseRun, Outcome, Reason, Verdict
from gradconform.harness.program.transcript import Stop
from gradconform.harness.report import beside
from gradconform.harness.report.files import write_report
from gradconform.harness.report.frame import read_summary
from gradconform.harness.report.html import compact
from gradconform.harness.report.html.page import PAGE
from gradconform.harness.tests.report.outcomes import outcome, reported

CASE = "accumulation/sum_with_itself"


def rows_of(folder):
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]


def shown_cases(page):
    """The cases in the table, by id, with the letters of the engines."""
    texts = page.eval_on_selector_all(
        "#matrix tr.case",
        "rows => rows.map(r => [D.cases.case[r.children[0].dataset.case],"
        " [...r.children].slice(1).map(cell => cell.textContent)])",
    )
    return {id: "".join(letters) for id, letters in texts}


def searched(page, text):
    page.fill("#filter", text)
    return shown_cases(page)


def test_it_begins_with_the_two_numbers_of_each_engine_and_the_findings(visit, sample):
    page = visit(sample / PAGE)
    overview = page.inner_text("#overview")
    scores = read_summary(sample).set_index(["engine", "family"])
    for engine in ("numpy", "scalar", "student"):
        for level in ("core", "torch"):
            row = scores.loc[engine, level]
            assert f"{row.passed} of {row.ran + row.missing}" in overview
            assert f"ran {row.ran + row.missing} of {row.applicable}" in overview
    (found,) = json.loads((sample / "diagnosis.json").read_text())["engines"]
    page.click("details.finding summary")
    told = page.inner_text("details.finding")
    assert len(found["findings"]) == 2
    for finding in found["findings"]:
        assert finding["sentence"].replace("`", "") in told
        for code in filter(None, (finding["program"], finding["in_torch"])):
            assert code.splitlines()[-1] in told

    page.click("#overview [data-rank=core]")
    assert page.locator("#overview tbody th").all_inner_texts() == ["student", "numpy", "scalar"]
    page.click("#overview [data-rank=findings] >> nth=0")
    page.click("#overview [data-rank=findings] >> nth=0")
    assert page.locator("#overview tbody th").all_inner_texts() == ["student", "numpy", "scalar"]
    page.go_back()
    page.wait_for_selector("#overview tbody tr:first-child th:has-text('numpy')")


def test_words_filter_and_a_column_sorts(visit, sample):
    page = visit(sample / PAGE)
    rows = rows_of(sample)
    failing = {row["case"] for row in rows if row["verdict"] == "fail"}
    core = {row["case"] for row in rows if row["level"] == "core"}
    assert len(failing) > 5
    with_lines = page.evaluate("Object.keys(D.torch).map((k) => D.cases.case[k])")
    assert set(with_lines) == failing
    assert set(searched(page, "status:fail")) == failing
    assert set(searched(page, "only:student level:core")) == failing & core
    assert set(searched(page, "is:different -level:core")) == failing - core
    assert set(searched(page, "op:tanh family:lecture")) <= {row["case"] for row in rows}
    assert searched(page, "op:TANH") == searched(page, "op:tanh") != {}
    assert set(searched(page, "sum_with_itself")) == {CASE, "accumulation/sum_of_a_sum_with_itself"}
    assert searched(page, "engine:student sum_with_itself")[CASE] == "F"
    searched(page, "colour:red")
    problem = page.inner_text("#problem")
    assert "There is no filter colour:. Known are: status:, family:," in problem
    searched(page, "status:broken")
    assert "status:broken matches nothing. Known are: pass, pass-alt," in page.inner_text(
        "#problem"
    )
    page.click("#clear")
    families = "rows => rows.map(r => r.children[0].dataset.family)"
    assert page.eval_on_selector_all("tr.family", families) == sorted({r["family"] for r in rows})
    page.click("#matrix th:last-child button")
    assert page.get_attribute("#matrix thead th:last-child", "aria-sort") == "ascending"
    shares = page.eval_on_selector_all("tr.family td:last-child", "c => c.map(e => e.ariaLabel)")
    passed = [int(a) / int(b) for a, b in re.findall(r"(\d+) of (\d+)", " ".join(shares))]
    assert len(passed) > 2
    assert passed == sorted(passed)


def test_a_cell_opens_by_click_link_and_keys_and_the_back_button_returns(visit, sample):
    page = visit(sample / PAGE)
    searched(page, "sum_with_itself")
    page.click("#matrix tr.case td:last-child >> nth=0")
    dialog = page.locator("dialog[open]")
    told = dialog.inner_text()
    (wrong,) = [
        row
        for row in rows_of(sample)
        if (row["engine"], row["case"], row["verdict"]) == ("student", CASE, "fail")
    ]
    circuit, told_by_torch = dialog.locator("svg.circuit"), []
    assert circuit.locator(".node").count() == 2
    assert circuit.locator(".value").all_text_contents() == ["3.00", "6.00"]
    assert circuit.locator(".grad").all_text_contents() == ["2.00", "✗ 1"]
    for part in ("x + x: both operands are one leaf", "return x + x", "%1 = %0 + %0", "x = 3"):
        assert part in told
    assert wrong["message"] in told
    assert wrong["digest"] in told
    assert f'assert_conforms("reports/sample/student.py", cases="{CASE}"' in told
    assert "first wrong reading" in circuit.text_content()
    assert f"gradconform draw {CASE} --engine reports/sample/student.py" in told
    lines = dialog.locator("figure:has-text('in lines of torch alone') pre").text_content()
    exec(lines, {"print": lambda label, value: told_by_torch.append((label, value.item()))})
    assert told_by_torch == [("result", 6.0), ("x.grad", 2.0)]
    cells = dialog.locator("tr.fail td").all_inner_texts()
    assert cells[:4] == ["x.grad", "fail", "2.0", "1"]
    assert cells[4:] == ["1", "0.5", "4.5e+15", "rtol", "gradient"]
    link = page.evaluate("location.hash")
    page.keyboard.press("Escape")
    page.wait_for_selector("#matrix tr.case td[data-engine='2']:focus")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.ariaLabel") == "scalar: pass"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "sum_of_a_sum" in page.inner_text("dialog[open]")
    page.go_back()
    page.wait_for_selector("dialog:not([open])", state="attached")
    page.go_back()
    page.wait_for_selector(f"dialog[open] p:text-is('{CASE}')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#matrix td:focus")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "filter"
    there = visit(sample / PAGE, link)
    assert CASE in there.inner_text("dialog[open]")
    assert there.evaluate("document.activeElement.innerText").startswith("F student: fail")
    there.keyboard.press("Escape")
    number = there.evaluate(f"D.byId.get({CASE!r})")
    there.wait_for_selector(f"td[data-case='{number}'][data-engine='2']:focus")
    assert there.input_value("#filter") == "sum_with_itself"


def test_plots_show_errors_and_what_one_engine_alone_fails(visit, sample):
    page = visit(sample / PAGE)
    rows = [row for row in rows_of(sample) if row["engine"] == "student"]
    failing = {row["case"] for row in rows if row["verdict"] == "fail"}
    page.click("#plots summary")
    page.click(f"#drawn a:text-is('student ({len(failing)})')")
    assert page.input_value("#filter") == "only:student"
    assert set(shown_cases(page)) == failing
    page.fill("#filter", "engine:student only:student")
    readings = [row for row in rows if row["case"] in failing and row["max_ulp"] is not None]
    wrong = {row["max_ulp"] for row in readings if row["verdict"] == "fail"}
    places = page.eval_on_selector_all(
        ".plot .wrong", "marks => marks.map(m => +m.getAttribute('x'))"
    )
    expected = {round(page.evaluate("ulp => placeOf(ulp)", ulp)) - 3 for ulp in wrong}
    assert set(places) == expected
    assert len(expected) > 3


def test_a_family_of_which_nothing_ran_says_why_and_a_name_is_not_broken(visit, tmp_path):
    of = partial(outcome, verdict=Verdict.UNSUPPORTED, engine="name_of_an_engine")
    reported(tmp_path, [of("a/numbers", message="erf"), of("b/arrays", reason=Reason.ARRAYS)])
    page = visit(tmp_path / PAGE, "", 390)
    assert page.locator("tr.family td").all_inner_texts() == ["U", "-"]
    assert page.evaluate("document.querySelector('#overview tbody a').getClientRects().length") == 1


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_fits_and_everyone_can_read_it(visit, sample, width, scheme):
    page = visit(sample / PAGE, "#q=status%3Afail", width, scheme)
    dark = scheme == "dark"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground))) < 200) == dark
    page.click("#plots summary")
    for opened in (False, True):
        if opened:
            page.click("#matrix tr.case td:last-child >> nth=0")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        found = Axe().run(page).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


HOSTILE = [
    "</script><script>document.title='hacked'</script>",
    "<img src=x onerror=alert(1)><!--",
    "\x1b[31mred\x1b[0m \u202ereversed",
    '"><b id=bold>bold</b>{{ 7*7 }}\\u003c',
    "x" * 1_000_000,
]


def test_hostile_texts_are_only_shown(visit, tmp_path):
    outcomes = [
        Outcome(
            CaseRun(name, "family</script>", "core", f"family</script>/{k}{text[:30]}", title=text),
            "result",
            Verdict.FAIL,
            Reason.VALUE,
            message=text,
        )
        for name in ("</script>", "<b id=bold>b</b>")
        for k, text in enumerate(HOSTILE)
    ]
    reported(tmp_path, outcomes, engines=[{"name": "</script>", "spec": "</script>"}])
    assert (tmp_path / PAGE).stat().st_size < 200_000
    page = visit(tmp_path / PAGE, "#q=status:fail")
    assert len(shown_cases(page)) == len(HOSTILE)
    assert page.title() == "Conformance with PyTorch"
    assert page.locator("#bold, img").count() == 0
    page.click("#matrix tr.case td:last-child >> nth=1")
    told = page.inner_text("dialog[open]")
    assert "<img src=x onerror=alert(1)><!--" in told
    page.keyboard.press("Escape")
    page.click("#matrix tr.case td:last-child >> nth=2")
    told = page.inner_text("dialog[open]")
    assert "reversed" in told
    assert not {"\x1b", "\u202e"} & set(told)
    assert "</script>" in page.inner_text("#overview")


def test_names_of_javascript_and_addresses_of_nonsense_break_nothing(visit, tmp_path):
    said = "ValueError: a|2 3|4"
    outcomes = [
        Outcome(
            CaseRun(name, "plain", "core", case, digest="0a"),
            "result",
            Verdict.FAIL,
            Reason.VALUE,
            actual=Stop("raised", 0, message=said),
        )
        for name in ("constructor", "__proto__")
        for case in ("plain", "plain/toString")
    ]
    reported(tmp_path, outcomes, engines=[{"name": "constructor"}, {"name": "__proto__"}])
    page = visit(tmp_path / PAGE)
    for nonsense in ("%", "q=%FF&open=__proto__", "case=%00", "sort=--&rank=toString", "case&&="):
        page.evaluate("text => { location.hash = text }", nonsense)
        page.wait_for_function("text => location.hash === '#' + text", arg=nonsense)
    for half_typed in ("status:", "-", "only:", 'engine:"', "-is:"):
        assert set(searched(page, f"plain {half_typed}")) == {"plain", "plain/toString"}, half_typed
    page.click("#matrix tr.case td >> nth=0")
    assert f"raises {said}" in page.inner_text("dialog[open]")


def test_a_case_that_is_another_one_now_is_shown_without_its_program(visit, sample, tmp_path):
    lines = (sample / "results.jsonl").read_text().splitlines(keepends=True)
    ran = [line for line in lines if f'"{CASE}"' in line]
    digest = json.loads(ran[0])["digest"]
    (tmp_path / "results.jsonl").write_text("".join(ran).replace(digest, "0123456789ab"))
    write_report(tmp_path)
    page = visit(tmp_path / PAGE, f"#case={CASE}")
    told = page.inner_text("dialog[open]")
    assert "has another program or other inputs under this id now" in told
    assert "digest 0123456789ab" in told
    assert "%0 = input x" not in told
    page = visit(tmp_path / PAGE, "#case=lecture/gone")
    assert page.inner_text("#problem") == "There is no case lecture/gone in this page."


def test_a_large_class_has_its_verdicts_and_a_share_of_the_numbers(visit, tmp_path, monkeypatch):
    monkeypatch.setattr(compact, "_MOST", 40_000)
    names = [f"student {number}" for number in range(60)]
    outcomes = [
        outcome(f"family/{k}", Verdict.FAIL, engine=name, message=f"{name} is wrong at {k} " * 10)
        for name in names
        for k in range(20)
    ]
    reported(tmp_path, outcomes, engines=[{"name": name, "spec": name} for name in names])
    assert (tmp_path / PAGE).stat().st_size < 110_000
    page = visit(tmp_path / PAGE, "#q=engine:%22student%2042%22")
    assert searched(page, 'engine:"student 42"') == {f"family/{k}": "F" for k in range(20)}
    left = int(re.match(r"Of (\d+) failing cells", page.inner_text("#omitted"))[1])
    assert 600 < left < 1200
    page.click("#matrix tr.case td >> nth=0")
    assert "student 42 is wrong at 0" in page.inner_text("dialog[open]")
    page.keyboard.press("Escape")
    page.click("#matrix tr.case td >> nth=19")
    assert "not in this page; results.jsonl has them" in page.inner_text("dialog[open]")


def test_other_processes_that_help_change_nothing(sample, tmp_path, monkeypatch):
    copied = tmp_path / "run"
    shutil.copytree(sample, copied)
    (copied / "results.csv").unlink()
    monkeypatch.setattr(beside, "_LARGE", 0)
    write_report(copied)
    for name in (PAGE, "results.csv"):
        assert (copied / name).read_text() == (sample / name).read_text()
    held = sorted(path.name for path in copied.iterdir())
    (copied / "results.csv").unlink()
    (copied / "results.csv").mkdir()
    with pytest.raises(UsageError, match=r"results\.csv.* cannot be written: Is a directory"):
        write_report(copied)
    assert sorted(path.name for path in copied.iterdir()) == held

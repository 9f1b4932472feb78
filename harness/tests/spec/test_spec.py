"""What torch promises, as a page. Torch is asked once for all tests, and not about the deepest graphs."""

import json
import re
import warnings
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from gradconform.harness.catalogue.case import CONVENTIONS, STRESS
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.reference_cache import of_user
from gradconform.harness.errors import CaseError
from gradconform.harness.program.arrays import Array
from gradconform.harness.spec.contents import contents_of
from gradconform.harness.spec.document import document
from gradconform.harness.spec.page import FIRM, versions
from gradconform.harness.spec.page import page as page_of
from gradconform.harness.spec.themes import THEMES, has_edge, theme_of

SMALLEST = "graphs/chain_of_sums[1000]"


@pytest.fixture(scope="module")
def contents():
    """The contents, from the whole catalogue but for deep graphs, which take torch most of the time."""
    few = [case for case in catalogue() if STRESS not in case.tags or case.id == SMALLEST]
    return contents_of(few, Reference(cache=of_user()))


@pytest.fixture(scope="module")
def spec_file(contents, tmp_path_factory):
    path = tmp_path_factory.mktemp("spec") / "spec.html"
    path.write_text(page_of(contents, versions(contents)), encoding="utf-8")
    return path


def test_every_convention_of_torch_is_in_one_theme_and_on_the_page_once(contents):
    keys = {theme.key for theme in THEMES}
    conventions = [case for case in catalogue() if case.level == "torch"]
    assert {theme_of(case).key for case in conventions} == keys
    told = [promise.case.id for promise in contents.promises]
    assert len(told) == len({*told})
    assert {case.id for case in conventions if STRESS not in case.tags} <= {*told}
    edges = [case.id for case in catalogue() if case.level == "core" and "edge" in case.tags]
    assert edges
    assert {*edges} <= {*told}


def test_of_every_op_that_has_an_edge_something_is_promised(contents):
    assert len(contents.edges) > 80
    assert [edge.op for edge in contents.edges if not edge.groups] == []


def test_the_page_explains_how_firm_an_answer_is_in_all_its_words():
    assert tuple(FIRM) == CONVENTIONS


def test_a_case_without_a_theme_is_named_with_what_to_do():
    cases = Catalogue()

    @cases.case(level="torch", convention="stable", x=2.0)
    def square(x):
        """x * x"""
        return x * x

    (one,) = cases
    assert has_edge(one)
    with pytest.raises(CaseError, match=r"in no theme .*; give it a tag of a theme, or name its"):
        theme_of(one)


def test_each_program_prints_in_torch_what_stands_behind_its_lines(contents):
    for promise in contents.promises:
        if promise.case.id == SMALLEST:
            assert promise.program == promise.case.source
            continue
        printed = []
        scope = {"print": lambda value, into=printed: into.append(plain(value))}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec("import torch\nfrom math import inf, nan\n" + promise.program, scope)
                stopped = ""
            except Exception as problem:
                stopped = f"{type(problem).__name__}: "
        expected = [
            answer.nested() if isinstance(answer, Array) else answer
            for answer in promise.answers.readings
        ]
        assert repr(printed) == repr(expected), promise.program
        assert promise.readings.get("raises", "").startswith(stopped), promise.program
        assert bool(stopped) == ("raises" in promise.readings), promise.program


def plain(value):
    value = value.detach() if hasattr(value, "detach") else value
    return value.tolist() if hasattr(value, "tolist") else value


def test_numbers_are_written_so_that_python_reads_them_again(contents):
    for promise in contents.promises:
        for label, answer in zip(
            promise.instance.program.labels, promise.answers.readings, strict=False
        ):
            if isinstance(answer, Array) and 0 < answer.size <= 4 and answer.dtype == "float64":
                text = re.sub(r"\b(nan|inf)\b", r"float('\1')", promise.readings[label])
                read = eval(text)
                assert repr(read) == repr(answer.nested())


def test_the_filter_shows_what_has_the_words_and_a_link_leads_to_it(visit, spec_file, contents):
    assert spec_file.stat().st_size < 800_000
    page = visit(spec_file)
    title = page.locator("[id='indexing/by_a_comparison'] h3").text_content()
    assert title == catalogue()["indexing/by_a_comparison[none]"].title
    assert ">" in title
    programs = dict(
        page.eval_on_selector_all(
            "article.group", "all => all.map(g => [g.id, g.querySelector('pre').textContent])"
        )
    )
    for group in contents.groups:
        assert programs[group.name].strip() == group.promises[0].program
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert page.title() == f"What PyTorch {contents.torch} promises"
    groups = {group.name for group in contents.groups}
    assert set(shown_groups(page)) == groups
    page.keyboard.press("/")
    page.keyboard.type("is:questionable hypot")
    doubtful = {g.name for g in contents.groups if g.case.convention == "questionable"}
    found = set(shown_groups(page))
    assert "edges/hypotenuse_at_the_origin" in found
    assert found < doubtful
    assert page.locator("section.theme:visible").count() == len({n.split("/")[0] for n in found})
    page.fill("#filter", "hardtanh_at_-1.0")
    assert shown_groups(page) == ["kinks/gradient_zero"]
    assert page.locator("article:visible tbody tr:visible").all_inner_texts() == [
        "hardtanh_at_-1.0\t-1.0\ty = torch.nn.functional.hardtanh(x)\t-1.0\t0.0"
    ]
    assert page.inner_text("#count") == f"1 of {len(groups)} conventions have this word."
    assert page.evaluate("location.hash") == "#q=hardtanh_at_-1.0"
    page.evaluate("location.hash = '#ties'")
    page.wait_for_function("document.getElementById('filter').value === ''")
    assert set(shown_groups(page)) == groups
    page.evaluate("location.hash = '#q=op:sqrt'")
    page.wait_for_function("document.getElementById('filter').value === 'op:sqrt'")
    assert set(shown_groups(page)) == {g.name for g in contents.groups if "sqrt" in g.ops}
    page.evaluate("location.hash = '#q=5%'")
    page.wait_for_function("document.getElementById('filter').value === '5%'")


def shown_groups(page):
    """The ids of the groups that can be seen."""
    return page.eval_on_selector_all(
        "article.group", "all => all.filter(one => one.offsetParent).map(one => one.id)"
    )


def test_it_fits_a_phone_and_everyone_can_read_it(visit, contents, tmp_path):
    sections = [replace(section, groups=section.groups[:1]) for section in contents.sections]
    few = replace(contents, sections=sections, edges=contents.edges[:9])
    (tmp_path / "few.html").write_text(page_of(few, versions(few)), encoding="utf-8")
    page = visit(tmp_path / "few.html", width=390, scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # axe does not look at what is not laid out yet.
    page.add_style_tag(content=".group { content-visibility: visible; }")
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_the_document_has_every_case_with_every_digit(contents):
    told = json.loads(document(contents, versions(contents)))
    assert told["versions"]["torch"] == contents.torch
    assert [case["case"] for case in told["cases"]] == [p.case.id for p in contents.promises]
    for case, promise in zip(told["cases"], contents.promises, strict=True):
        read = [Array.from_json(each) if each else None for each in case["answers"].values()]
        assert repr(tuple(read)) == repr(promise.answers.readings)
        assert bool(case["raises"]) == ("raises" in promise.readings)
    smooth = {edge["op"]: edge for edge in told["ops"]}
    assert smooth["sqrt"]["differentiable"] == "input > 0"
    assert "edges/root_or_reciprocal" in smooth["sqrt"]["cases"]
    assert "exp" not in smooth


def test_the_command_takes_a_part_of_the_catalogue(command, tmp_path):
    assert command("spec", "--cases", "kinks/*", "-o", "kinks.html")[:2] == (0, "kinks.html\n")
    page = (tmp_path / "kinks.html").read_text()
    assert page.count('class="group"') > 10
    assert "ties/" not in page
    assert "Ops that have an edge" not in page, (
        "the kinks are conventions, and no ordinary mathematics"
    )
    code, out, err = command("spec", "--cases", "arithmetic/*", "-o", "none.html")
    assert (code, out) == (5, "")
    assert "no case of arithmetic/* is a convention of torch or at an edge" in err
    assert not (tmp_path / "none.html").exists()

"""Timings: phases of a program, ratios to torch, growth with size, and what is drawn of them."""

import builtins
import math
import re

import gradconform.harness.run.run_and_report  # noqa: F401
import pandas as pd
import pytest
import torch  # noqa: F401 - a pytest inside pytest forgets what it imported
from gradconform.harness.bench.phases import PHASES, TAG, cut, group_of, size_of
from gradconform.harness.bench.plot import draw
from gradconform.harness.bench.tables import GROWN, growth, power_of_size, timing_table
from gradconform.harness.bench.timing import Spread, Timing, timed
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.cli import main
from gradconform.harness.cli.bench import _cell, _show
from gradconform.harness.engine.builtin import load
from gradconform.harness.errors import UsageError
from gradconform.harness.program.printing import text

BENCH = [case for case in catalogue() if TAG in case.tags]


def test_depth_width_and_batch_grow_on_numbers_and_on_tensors():
    groups = {}
    for case in BENCH:
        groups.setdefault(group_of(case), []).append(size_of(case))
    names = {group.removeprefix("bench/") for group in groups}
    assert {name.partition("_")[0] for name in names} == {"depth", "width", "batch"}
    for sizes in groups.values():
        assert sizes == sorted(sizes)
        assert len(sizes) >= 4
    scalar = {group_of(case) for case in BENCH if "scalar" in case.tags}
    assert 0 < len(scalar) < len(groups)


def test_a_phase_is_what_its_program_adds_to_the_one_before():
    case = next(case for case in BENCH if case.id.startswith("bench/width_of_a_layer"))
    build, forward, backward = (
        text(one.program).splitlines() for one in cut(case.instance(0, "float64")).values()
    )
    assert [line for line in build if "input" not in line] == ["read value %0"]
    assert forward[:-1] == [*build[:-1], "%2 = %0 @ %1", "%3 = tanh(%2)", "%4 = sum(%3)"]
    assert backward == [*forward[:-1], "backward %4", "read value %4"]


def test_what_has_no_size_or_no_single_backward_cannot_be_timed():
    with pytest.raises(
        UsageError, match="lecture/neuron_with_sigmoid is tagged bench and has no size"
    ):
        size_of(catalogue()["lecture/neuron_with_sigmoid"])
    twice = catalogue()["accumulation/backward_twice_on_one_graph"].instance(0, "float64")
    with pytest.raises(UsageError, match="cannot be timed: one backward was expected"):
        cut(twice)


@pytest.mark.parametrize("engine", ["torch", "numpy", "scalar"])
def test_every_phase_of_a_case_takes_time(engine):
    case = next(case for case in BENCH if case.id == "bench/depth_of_numbers[64]")
    found = timed(case.instance(0, "float64"), load(engine), 0.01)
    assert found is not None
    assert list(found.seconds) == [*PHASES, "total"]
    assert all(seconds.median > 0 for seconds in found.until.values())


def test_what_an_engine_lacks_is_not_timed():
    case = next(case for case in BENCH if case.id.startswith("bench/width_of_a_layer"))
    assert timed(case.instance(0, "float64"), load("scalar"), 0.01) is None


def made(engine, exponent, factor, sizes=(8, 16, 32, 64, 128), noise=0.0):
    """Timings that grow with a known power of the size, all phases alike."""
    for size in sizes:
        each = factor * size**exponent
        until = {"build": each, "forward": 2 * each, "backward": 3 * each}
        spreads = {phase: Spread(seconds, noise) for phase, seconds in until.items()}
        yield Timing(engine, f"bench/made[{size}]", "bench/made", size, spreads)


def conformance(*engines, sizes=(8, 16, 32, 64, 128)):
    rows = [
        {"engine": engine, "case": f"bench/made[{size}]", "family": "bench", "level": "core",
         "verdict": "pass", "worst_rel": 0.0}
        for engine in engines
        for size in sizes
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_ratios_are_to_torch_and_the_exponent_is_that_of_the_size():
    timings = [*made("torch", 1, 1e-6), *made("mine", 2, 1e-6)]
    table = timing_table(timings, conformance("torch", "mine"))
    mine = table[table["engine"] == "mine"].set_index("size")
    for phase in (*PHASES, "total"):
        assert mine[f"{phase}_ratio"].to_list() == pytest.approx(list(mine.index))
    assert set(mine["verdict"]) == {"pass"}
    slopes = growth(table).set_index("engine")
    for phase in ("forward", "backward", "total"):
        assert slopes.loc["torch", phase] == pytest.approx(1)
        assert slopes.loc["mine", phase] == pytest.approx(2)


def test_without_torch_there_is_no_ratio_and_with_one_size_no_exponent():
    table = timing_table(list(made("mine", 1, 1e-6, sizes=(8,))), conformance("mine"))
    assert table["total_ratio"].isna().all()
    assert math.isnan(growth(table)["total"][0])


def test_noise_is_no_figure():
    # A phase of 1 us whose rounds differ by 100 us, beside torch at 1 us: neither a ratio nor an exponent.
    timings = [*made("torch", 0, 1e-6), *made("mine", 0, 1e-6, noise=1e-4)]
    table = timing_table(timings, conformance("torch", "mine"))
    mine = table[table["engine"] == "mine"]
    assert mine["forward"].to_list() == pytest.approx([1e-6] * 5)
    assert mine[[f"{phase}_ratio" for phase in PHASES]].isna().all(axis=None)
    (_, torchs), (_, own) = growth(table).iterrows()
    assert power_of_size(torchs, "total") == "0.00 ± 0.00"
    assert {power_of_size(own, phase) for phase in GROWN} == {"below resolution"}


def test_the_spread_is_half_of_the_interquartile_range():
    assert Spread.of([1.0, 2.0, 3.0, 4.0, 100.0]) == Spread(3.0, 1.0)
    assert Spread(5.0, 3.0).minus(Spread(2.0, 4.0)) == Spread(3.0, 5.0)


@pytest.mark.parametrize(
    ("seconds", "spread", "ratio", "shown"),
    [
        (8.1e-8, 2e-7, 260.0, "below resolution"),
        (1.234e-5, 4e-7, 0.00071, "12.3 ± 0.4 us (0.00071x)"),
        (0.00456, 0.00012, 258.0, "4.56 ± 0.12 ms (260x)"),
        (2.5, 0.1, math.nan, "2.5 ± 0.1 s"),
    ],
)
def test_a_time_is_shown_in_a_unit_that_fits(seconds, spread, ratio, shown):
    assert _cell(seconds, spread, ratio) == shown


def test_both_plots_are_pictures(tmp_path):
    hostile = r"</svg><b>$\frac$"
    timings = [*made("torch", 1, 1e-6), *made(hostile, 2, 1e-6)]
    table = timing_table(timings, conformance("torch", hostile))
    growth_png, ratios_png, page = draw(table, growth(table), tmp_path)
    assert [growth_png.name, ratios_png.name, page.name] == [
        "growth.png",
        "ratios.png",
        "bench.html",
    ]
    for path in (growth_png, ratios_png):
        assert path.read_bytes().startswith(b"\x89PNG")
    text = page.read_text()
    assert text.count("<svg ") == text.count("</svg>") == 2
    assert "&lt;/svg&gt;&lt;b&gt;$\\frac$: power 2.00 ± 0.00" in text
    assert "<b>" not in text
    assert "bench/made" in text
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len({*ids}) == len(ids)


@pytest.fixture
def without_matplotlib(monkeypatch):
    found = builtins.__import__

    def refuse(name, *rest):
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)


def test_without_matplotlib_the_tables_are_complete(
    tmp_path, monkeypatch, capsys, without_matplotlib
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(
            [
                "bench",
                "scalar",
                "--cases",
                "bench/depth_of_numbers*",
                "--seconds",
                "0",
                "--out",
                "b",
            ]
        )
    assert left.value.code == 0
    said = capsys.readouterr()
    assert "pip install 'gradconform[bench]'" in said.err
    assert "time grows with this power of the size" in said.out
    assert {path.name for path in (tmp_path / "b").iterdir()} == {"bench.csv", "growth.csv"}
    table = pd.read_csv(tmp_path / "b" / "bench.csv")
    assert list(dict.fromkeys(table["engine"])) == ["torch", "scalar"]


def test_what_cannot_be_told_of_two_sizes_is_said_once(capsys):
    def shown(*timings):
        table = timing_table([*timings], conformance("torch", "mine"))
        _show(table, growth(table))
        return capsys.readouterr()

    two = shown(*made("torch", 1, 1e-6, (8, 16)), *made("mine", 1, 1e-6, (8, 16)))
    assert (
        two.err == "how the time grows is not told of bench/made: fewer than 3 sizes were timed\n"
    )
    assert "sizes" not in two.out
    assert "bench/made[16]" in two.out
    assert "power" not in two.out
    fewer = shown(*made("torch", 1, 1e-6), *made("mine", 1, 1e-6, (8, 16)))
    assert fewer.err == ""
    assert fewer.out.count("needs 3 sizes") == len(GROWN)


def test_a_case_of_ones_own_can_be_timed():
    mine = Catalogue()

    @mine.case(x=1.5, tags=("bench",), variants={"3": {"n": 3}})
    def powers(x, *, n):
        """x ** n"""
        return x**n

    (case,) = mine
    found = timed(case.instance(0, "float64"), load("scalar"), 0.0)
    assert (found.group, found.size) == ("test_bench/powers", 3)


def test_under_pytest_the_numbers_join_the_conformance(pytester, monkeypatch):
    # Inside a worker of xdist nothing is timed, and this process may be one.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    arguments = [
        "-p",
        "gradconform.harness.plugin",
        "--engine",
        "torch",
        "--engine",
        "scalar",
        "--conform-benchmark",
    ]
    arguments += ["--conform-cases", "bench/depth_of_numbers*", "--conform-out", "out"]
    quick = ["--benchmark-max-time", "0.001", "--benchmark-min-rounds", "1"]
    result = pytester.runpytest_inprocess(*arguments, *quick)
    sizes = [size_of(case) for case in BENCH if group_of(case) == "bench/depth_of_numbers"]
    result.assert_outcomes(passed=2 * len(sizes) * (1 + len(PHASES)))
    result.stdout.fnmatch_lines(
        ["scalar: bench/depth_of_numbers grows with this power of the size: *"]
    )
    table = pd.read_csv(pytester.path / "out" / "bench.csv")
    assert set(table["verdict"]) == {"pass"}
    assert table.groupby("engine")["size"].apply(sorted).to_list() == [sizes, sizes]
    result = pytester.runpytest_inprocess(*arguments, "--benchmark-disable")
    assert not (pytester.path / "out" / "bench.csv").exists()
    assert result.ret == 0


def test_without_pytest_benchmark_that_is_said(pytester):
    arguments = ["-p", "gradconform.harness.plugin", "--engine", "scalar", "--conform-benchmark"]
    result = pytester.runpytest_inprocess(*arguments, "-p", "no:benchmark")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "pip install 'gradconform[bench]'" in result.stderr.str()

"""The file with torch's answers of earlier runs."""

import math
import multiprocessing
import os
import sys
import time
from importlib.metadata import version

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.reference_cache import ReferenceCache, of_user
from gradconform.harness.program.arrays import Array, Opaque
from gradconform.harness.program.transcript import Stop, Transcript

FORK = multiprocessing.get_context("fork")
ODD = Transcript(
    (
        Array("float64", (2, 2), (math.nan, -math.inf, -0.0, 0.1)),
        Array("int64", (), (2**63 - 1,)),
        Array("bool", (1,), (True,)),
        Array("float32", (0, 3), ()),
        Opaque("Tensor", "of \ud800 and <b>"),
        None,
    ),
    Stop("raised", 3, "RuntimeError", "it\nhas ü lines", "engine.py:3", "Traceback"),
)


def plain(number):
    return Transcript((Array("float64", (40,), tuple(0.1 * (number + k) for k in range(40))),))


@pytest.fixture
def opened():
    """Open the cache file at a path."""
    caches = []

    def open_cache(path, key="key", **options):
        caches.append(ReferenceCache(path, key, **options))
        return caches[-1]

    yield open_cache
    for cache in caches:
        cache.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a folder?" / "reference.sqlite"


def test_an_answer_comes_back_as_it_was(path, opened):
    opened(path).keep({"odd": ODD, "plain": plain(1)})
    found = opened(path).find("odd")
    assert repr(found) == repr(ODD)
    assert (found.stop, found.stop.place, found.stop.traceback) == (
        ODD.stop,
        "engine.py:3",
        "Traceback",
    )
    assert opened(path).find("plain") == plain(1)
    assert opened(path).find("other") is None
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_an_answer_of_other_versions_is_not_found(path, opened):
    cache = opened(path, "torch 2.13")
    assert opened(path, "torch 2.13").empty
    cache.keep({"digest": plain(1)})
    other = opened(path, "torch 2.14")
    assert other.find("digest") is None
    assert other.empty
    assert not cache.empty
    other.keep({"digest": plain(2)})
    assert opened(path, "torch 2.13").find("digest") == plain(1)


def test_a_run_does_not_find_its_own_answers(path, opened):
    opened(path).keep({"earlier": plain(1)})
    cache, other = opened(path), opened(path)
    assert (cache.find("earlier"), other.find("ours")) == (plain(1), None)
    cache.keep({"ours": plain(2), "earlier": plain(1)})
    assert (cache.find("ours"), other.find("ours")) == (None, None)
    assert (opened(path).find("ours"), opened(path).find("earlier")) == (plain(2), plain(1))


def test_a_damaged_answer_is_asked_for_again(path, opened, reference):
    cases = catalogue().select(["arithmetic/elementwise*"])[:5]
    instances = [case.instance(0, "float64") for case in cases]

    def asked():
        answers = Reference(cache=opened(path))
        found = [answers(instance) for instance in instances]
        answers.close()
        return found

    wanted = [reference(instance) for instance in instances]
    assert asked() == wanted
    # A digit of one answer changes, and the JSON stays JSON.
    digits = repr(wanted[2].readings[0].data[0]).encode()
    content = path.read_bytes()
    assert content.count(digits) == 1
    path.write_bytes(content.replace(digits, digits[:-1] + b"%d" % (digits[-1] % 9)))
    found = [opened(path).find(instance.digest) for instance in instances]
    assert found == [*wanted[:2], None, *wanted[3:]]
    assert asked() == wanted
    assert [opened(path).find(instance.digest) for instance in instances] == wanted


@pytest.mark.parametrize("left", [0, 1, 100, 4096, 5000, 20_000, -4096, -1])
def test_a_truncated_file_is_no_error(path, opened, left):
    opened(path).keep({str(k): plain(k) for k in range(100)})
    with path.open("r+b") as file:
        file.truncate(left if left >= 0 else path.stat().st_size + left)
    for cache in (opened(path), opened(path)):
        assert cache.find("7") in (None, plain(7))
        assert cache.find("99") in (None, plain(99))
        cache.keep({"7": plain(7), "new": plain(8)})
    assert [opened(path).find(name) for name in ("7", "new")] == [plain(7), plain(8)]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_cache_is_made_anew(path, opened, content):
    path.parent.mkdir()
    path.write_bytes(content)
    cache = opened(path)
    assert cache.empty
    assert cache.find("digest") is None
    cache.keep({"digest": plain(1)})
    cache.keep({"digest": plain(1)})
    assert opened(path).find("digest") == plain(1)


def test_a_place_that_cannot_be_written_to_is_not_used(tmp_path, opened):
    (tmp_path / "file").write_text("")
    cache = opened(tmp_path / "file" / "reference.sqlite")
    cache.keep({"digest": plain(1)})
    assert cache.find("digest") is None
    (tmp_path / "folder" / "reference.sqlite").mkdir(parents=True)
    cache = opened(tmp_path / "folder" / "reference.sqlite")
    cache.keep({"digest": plain(1)})
    assert cache.find("digest") is None


def test_the_oldest_answers_make_room(path, opened):
    cache = opened(path, largest=100_000)
    for start in range(0, 1000, 20):
        cache.keep({str(k): plain(k) for k in range(start, start + 20)})
        assert path.stat().st_size <= 100_000
    kept = [k for k in range(1000) if cache.find(str(k)) is not None]
    assert kept == list(range(1000 - len(kept), 1000))
    assert len(kept) > 50
    # More than the file may hold is not kept, and changes nothing.
    cache.keep({f"more {k}": plain(k) for k in range(1000)})
    assert path.stat().st_size <= 100_000


def test_several_processes_write_at_once(path, opened):
    def write(of):
        cache = ReferenceCache(path, "key")
        for k in range(30):
            cache.keep({f"{of} {k} {n}": plain(k + n) for n in range(5)})

    writers = [FORK.Process(target=write, args=(of,)) for of in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert opened(path).find("0 0 0") in (None, plain(0))
    for writer in writers:
        writer.join()
    reader = opened(path)
    assert all(reader.find(f"{of} {k} 0") == plain(k) for of in range(3) for k in range(30))
    assert reader.find("2 29 4") == plain(33)


def test_a_writer_that_is_killed_leaves_no_half_answer(path, opened):
    def write():
        cache = ReferenceCache(path, "key")
        for k in range(10_000):
            cache.keep({f"{k} {n}": plain(k + n) for n in range(50)})

    for pause in (0.02, 0.03, 0.05):
        writer = FORK.Process(target=write)
        writer.start()
        time.sleep(pause)
        writer.kill()
        writer.join()
        opened(path).keep({"ours": plain(0)})
        cache = opened(path)
        assert cache.find("ours") == plain(0)
        for k in range(100):
            answers = [cache.find(f"{k} {n}") for n in range(50)]
            assert answers in ([None] * 50, [plain(k + n) for n in range(50)])
    assert os.listdir(path.parent) == [path.name]


def test_no_answer_of_a_torch_that_others_may_have_changed_is_kept(path, opened, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(path.parent))
    monkeypatch.setitem(sys.modules, "torch", sys)
    of_user().keep({"digest": plain(1)})
    assert not path.parent.exists()
    # The answers of earlier runs are found all the same.
    monkeypatch.delitem(sys.modules, "torch")
    kept = of_user()
    kept.keep({"digest": plain(1)})
    kept.close()
    monkeypatch.setitem(sys.modules, "torch", sys)
    found = of_user()
    assert found.find("digest") == plain(1)
    found.close()


def test_what_decides_torchs_answer_decides_whether_it_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delitem(sys.modules, "torch", raising=False)

    def found():
        cache = of_user()
        answer = cache.find("digest")
        cache.close()
        return answer

    cache = of_user()
    cache.keep({"digest": plain(1)})
    cache.close()
    assert found() == plain(1)
    with monkeypatch.context() as changed:
        changed.setenv("ATEN_CPU_CAPABILITY", "default")
        assert found() is None
    with monkeypatch.context() as changed:
        changed.setattr(sys, "version", "3.99")
        assert found() is None
    for package in ("torch", "numpy"):
        with monkeypatch.context() as changed:
            changed.setattr(
                "gradconform.harness.catalogue.reference_cache.version",
                lambda name, other=package: "99" if name == other else version(name),
            )
            assert found() is None
    assert found() == plain(1)


def test_what_is_asked_only_once_comes_from_the_cache_too(path, opened, reference):
    instance = catalogue()["lecture/neuron_with_sigmoid"].instance(0, "float64")
    first = Reference(cache=opened(path))
    assert first.ask(instance) == reference.ask(instance)
    assert first.from_cache == 0
    first.close()
    again = Reference(cache=opened(path))
    again.engine = None  # torch is not asked
    again.expect(instance)
    assert again.ask(instance) == again(instance) == reference(instance)
    assert again.from_cache == 2 * len(reference(instance).readings)
    again.close()

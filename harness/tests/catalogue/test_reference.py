"""Where torch is asked."""

import os
import sys
import tempfile
from pathlib import Path

import pytest
from gradconform.engines.torch_ import Torch
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.reference_cache import VARIABLE
from gradconform.harness.tests.small_engines import VALUE


class Compiling(Torch):
    """torch, when it imports `torch._dynamo` in a backward, as for a second derivative of abs."""

    def run(self, program, inputs):
        # Imported here, because it takes seconds, which each process of the tests would spend.
        from torch._inductor.runtime.cache_dir_utils import cache_dir

        self.made = cache_dir()
        return super().run(program, inputs)


def test_torch_leaves_no_folder_for_compiled_code(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch._dynamo.package", raising=False)
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR", raising=False)
    reference = Reference()
    reference.engine = Compiling()
    case = catalogue()["lecture/neuron_with_sigmoid"]
    assert reference(case.instance(0, "float64")).stop is None
    assert reference.engine.made == tempfile.gettempdir()
    assert "TORCHINDUCTOR_CACHE_DIR" not in os.environ


@pytest.mark.parametrize("engine", ["scalar", "torch", "engine.py:Value"])
def test_a_torch_that_cannot_be_imported_ends_a_run_with_one_sentence(command, monkeypatch, engine):
    Path("engine.py").write_text(VALUE)
    monkeypatch.setenv(VARIABLE, "1")  # other tests have asked torch for these answers
    monkeypatch.delitem(sys.modules, "gradconform.engines.torch_")
    monkeypatch.setitem(sys.modules, "torch", None)  # an import of it is refused
    code, out, err = command("run", engine, "--cases", "lecture/*", "--out", "out")
    sentence = err.splitlines()[-1]
    assert sentence.startswith("gradconform: the engine torch cannot be imported: import of torch")
    assert (code, out, "Traceback" in err) == (1, "", False)


def test_a_torch_that_cannot_be_imported_ends_a_session_of_pytest(pytester, monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    monkeypatch.delitem(sys.modules, "gradconform.engines.torch_")
    monkeypatch.setitem(sys.modules, "torch", None)
    arguments = ("-p", "gradconform.harness.plugin", "--engine", "scalar", "gradconform")
    found = pytester.runpytest_inprocess(*arguments, "--conform-cases", "lecture/*")
    found.stdout.fnmatch_lines(["*the engine torch cannot be imported: import of torch halted*"])
    assert found.ret == pytest.ExitCode.USAGE_ERROR

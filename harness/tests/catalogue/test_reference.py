"""Where torch is asked."""

import os
import sys
import tempfile

from gradconform.engines.torch_ import Torch
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from torch._inductor.runtime.cache_dir_utils import cache_dir


class Compiling(Torch):
    """torch, when it imports `torch._dynamo` in a backward, as for a second derivative of abs."""

    def run(self, program, inputs):
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

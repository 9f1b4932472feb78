"""The engines that come with gradconform."""

from gradconform.engines.torch_ import Torch
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.engine.builtin import REFERENCE, imported, load


def test_the_description_of_the_reference_is_that_of_torch():
    described, itself = load(REFERENCE), imported(REFERENCE)
    assert isinstance(itself, Torch)
    assert described.info == itself.info


def test_the_described_reference_answers_as_torch_does(reference):
    instance = catalogue()["lecture/neuron_with_sigmoid"].instance(0, "float32")
    assert load(REFERENCE).run(instance.program, instance.inputs) == reference(instance)

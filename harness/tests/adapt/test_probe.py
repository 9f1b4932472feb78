"""The worked example of the probe: its class, its candidates, and which of them fail and win."""

import textwrap

from gradconform.harness.adapt import probe
from gradconform.harness.tests.adapt.templates import adapt
from gradconform.harness.tests.small_engines import ask, numbers

DOCUMENTED = textwrap.dedent(
    probe.__doc__.partition("usual convention:\n")[2].partition("\n1. ")[0]
).strip()


def adapted_example(old="", new=""):
    assert old in DOCUMENTED
    return adapt(DOCUMENTED.replace(old, new) if old else DOCUMENTED)


def test_the_class_of_the_example_is_used_as_the_example_says():
    engine, words = adapted_example()
    said = probe.__doc__.partition("The usage in words: ")[2].strip().strip('."')
    assert words.endswith(f": {said}")
    assert numbers(ask(engine, lambda x, y: x * y, x=2.0, y=3.0)) == [6.0, 3.0, 2.0]
    row = numbers(ask(engine, lambda x, y: x * y, x=[1.0, 2.0], y=[3.0, 5.0]))
    assert row[0] == [3.0, 10.0]


def test_a_leaf_without_the_label_is_the_next_candidate():
    _, words = adapted_example("name, parents=()", 'name="leaf", parents=()')
    assert ": arrays; C(data), .num," in words


def test_an_attribute_is_no_value_if_it_is_the_same_on_every_leaf():
    _, words = adapted_example(
        "self.total = np.zeros", "self.half = 1.5\n        self.total = np.zeros"
    )
    assert ", .num, " in words


def test_a_usual_name_wins_before_the_attributes_are_tried():
    _, words = adapted_example(
        "def derivative", "val = property(lambda self: self.num)\n    def derivative"
    )
    assert ", .val, " in words


def test_a_node_wins_as_the_form_of_a_cotangent_where_the_backward_takes_it():
    assert adapted_example()[0].usage.cotangent_as == "array"
    taking = "def backprop(self, upstream):\n        upstream = getattr(upstream, 'num', upstream)"
    engine, _ = adapted_example("def backprop(self, upstream):", taking)
    assert engine.usage.cotangent_as == "node"

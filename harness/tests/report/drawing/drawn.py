"""Cases as circuits, and what a person sees in an SVG."""

from dataclasses import replace
from xml.etree import ElementTree

from gradconform.harness.catalogue.selection import named
from gradconform.harness.diagnose.first_wrong import with_every_node
from gradconform.harness.report.drawing.numbers import Answers, readings_at
from gradconform.harness.report.drawing.placing import circuit

SVG = "{http://www.w3.org/2000/svg}"


def of_case(case_id, reference):
    """The circuit of a case of the catalogue with torch's numbers at every node."""
    return of_instance(named(case_id).instance(0, "float64"), reference)


def of_instance(instance, reference):
    program = with_every_node(instance.program)
    answer = reference.ask(replace(instance, program=program))
    answers = Answers(readings_at(program, answer.readings))
    return circuit(instance.program, instance.inputs, answers, instance.case.id)


def seen(document):
    """The nodes of an SVG, in order: the symbol, and the texts of each other class."""
    nodes = []
    for group in ElementTree.fromstring(document).iter(f"{SVG}g"):
        if group.get("class", "").startswith("node"):
            texts = [(text.get("class"), text.text) for text in group.iter(f"{SVG}text")]
            (symbol,) = (text for role, text in texts if role == "symbol")
            nodes.append((symbol, [text for role, text in texts if role != "symbol"]))
    return nodes

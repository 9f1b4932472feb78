"""A known mistake is in force for every program that the engine runs, and for nothing else."""

from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.engine import builtin
from gradconform.harness.engine.contract import Question
from gradconform.harness.program.arrays import Array
from gradconform.harness.trace import traced


def test_an_engine_keeps_its_mistake_when_several_programs_are_asked_at_once():
    mistake = next(m for m in known_mistakes() if m.name == "square-without-two")
    right = builtin.load("scalar")
    program = traced(lambda x: x.square(), {"x": True})
    question = Question(program, {"x": Array.of(3.0)})

    wrong = [one.readings[-1].item() for one in Mistaken(mistake, right).run_all([question] * 2)]

    assert wrong == [3.0, 3.0]
    assert right.run(program, question.inputs).readings[-1].item() == 6.0

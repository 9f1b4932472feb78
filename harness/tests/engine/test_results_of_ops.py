"""What an op gives back: nothing where it works in place, or another number of values than torch."""

from gradconform.harness.program import Apply, Input, Program, Read, Ref

from gradconform import Array, EagerEngine


class Cell:
    def __init__(self, data):
        self.data, self.grad = data, None

    def add_(self, other):
        self.data += other.data

    def aminmax(self):
        return Cell(self.data), Cell(self.data), Cell(0.0)


class Cells(EagerEngine):
    def leaf(self, array, requires_grad):
        return Cell(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        raise NotImplementedError


INPUTS = {"x": Array.of(1.0), "y": Array.of(2.0)}


def test_an_op_in_place_that_gives_nothing_back_has_changed_its_first_operand():
    steps = (Input("x"), Input("y"), Apply("add_", (Ref(0), Ref(1))), Read("value", Ref(2)))
    transcript = Cells().run(Program(steps), INPUTS)
    assert transcript.stop is None
    assert [reading.item() for reading in transcript.readings] == [3.0]


def test_an_op_that_gives_three_values_for_two_fails_at_its_step():
    steps = (Input("x"), Apply("aminmax", (Ref(0),), results=2), Read("value", Ref(1)))
    stop = Cells().run(Program(steps), INPUTS).stop
    assert (stop.kind, stop.step, stop.category) == ("raised", 1, "value")
    assert "aminmax gave 3 values; 2 were expected" in stop.message

"""A program with its numbers, drawn as in a lecture: values above the wires, gradients below them.

- `placing`: a program and its numbers become a circuit. `circuit`: the circuit, and its JSON for a script.
- `numbers`: the numbers at each place, and their texts. `symbols`: the texts in the nodes. `notes`: the
  sentences below.
- `graph`: the program as a graph. `neighbourhood`: the part of a long one that is drawn.
- `layout`: a place for each box and wire.
- `svg`, `png`, `dot`, `mermaid`: the circuit as a file.
"""

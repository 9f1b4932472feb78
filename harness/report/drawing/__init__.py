"""A program with its numbers, drawn as in a lecture: values above the wires, gradients below them.

- `placing`: a program and its numbers become a circuit. `circuit`: the circuit, and its JSON for a script.
- `graph`: the program as a graph. `neighbourhood`: the part of a long one that is drawn.
- `numbers`: the numbers at each place, as text. `labels`: the texts beside the nodes. `symbols`: those in
  them. `notes`: the sentences below.
- `measuring`: the room of a node. `layout`: its place, in steps: `ordering`, `heights`, with `boxes`.
- `svg`, `png`, `dot`, `mermaid`: the circuit as a file.
"""

"""Diagnosis: the mistake of an engine, the first wrong node of a failure, and Python that reproduces it.

- `finding`: a mistake that was found, with the evidence for it. `mistake`: the known mistakes.
- `diagnosis`: names the mistakes of an engine. `evidence`: the readings of one run. `hypothesis`: mistakes
  that an engine may have. `prediction`: its wrong answers. `holding`: these held against the evidence.
  `search`: the cases and the mistakes of one engine. `trial`: which of them are tried, and in which order;
  `suspicion` decides between equals. `explanation`: several mistakes that act together.
- `composition`: how an engine computes its ops by others, of which `expansions` has the ways. `rewriting`:
  programs as it computes them. `renumbering`: steps in another program.
- `in_full`: completes a finding with program and paragraph. `unknown`: a mistake that is not a known one.
  `reuse`: a wrong walk or sum, by which programs fail.
- `words`: a finding as a paragraph for a student. `sentences`: those of each kind.
- `probes`: measures what an engine does in one op; `probe_programs` are the programs for it. `fitted`: names
  the expression that the engine uses. `matching`: looks for it among the `expressions` of `formulas`, which
  calculus gives, and of `slips`, which people make.
  `fitted_mistake`: the expression as a mistake of our engine, which predicts readings.
- `contradiction`: a known mistake held against the probes of its op.
- `first_wrong`: finds the first node at which an engine differs from torch.
- `shrink`: the smallest program that still fails. `cutting`, `parts`, `rounder`: what it tries.
- `failure`: writes all that is known of a failed case as text.
- `spelled`: a program as a person writes it for the engine and for torch. `engine_source`: its lines.
- `reproduce`, `python_source`, `torch_source`: write the case as Python, for the harness and
  for torch.
- `show`: describes a case, its program, and torch's answer at every node. `drawn`: the same as a drawing.
"""

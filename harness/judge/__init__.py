"""Transcripts -> outcomes: the only place where the answers of an engine are judged.

- `verdict`: compares the transcript of an engine with torch's, reading by reading.
- `compare`: compares numbers within a tolerance.
- `alternative`: tells which answers are right beside torch's; `subgradient`: which gradients are legal at a
  kink.
- `repetition`: what becomes of a case that does not end in the same way each time.
- `outcome`: the verdicts, the reasons, and the outcome of a reading.
- `wording`: the sentence about a mismatch. `cause`: a possible cause of it.
"""

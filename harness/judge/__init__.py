"""Transcripts -> outcomes: the only place where an engine's numbers are judged.

- `verdict`: an engine's transcript against torch's, reading by reading.
- `compare`: numbers against numbers, within a tolerance. `subgradient`: which gradients are legal at a kink.
- `outcome`: verdicts, reasons and the outcome of a reading. `wording`: a mismatch in a sentence.
"""

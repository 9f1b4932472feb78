# Bound: nothing, it only raises where it is imported.
raise SystemExit("a file of the submission was imported in the place of gradconform.harness.program.transcript")

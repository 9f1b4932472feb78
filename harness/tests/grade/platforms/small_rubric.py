"""A rubric of a few cases: two ops, a kink, an accumulation, a hidden item and one by hand."""

from gradconform.harness.grade.rubric_file import parsed

TEXT = """
title = "A small assignment"
needs = ["add", "mul", "relu"]
secret = "of the staff"
limits = { case = 2, engine = 20, memory = 512 }

[[items]]
name = "Values"
points = "1/3"
cases = ["arithmetic/of_two_leaves*"]
readings = "values"

[[items]]
name = "Derivatives"
points = "1/3"
cases = ["arithmetic/of_two_leaves*"]
readings = "gradients"

[[items]]
name = "Accumulation"
points = 2
cases = ["accumulation/*"]
level = "any"
hidden = true

[[items]]
name = "Kinks"
points = 1
cases = ["kinks/*", "lifecycle/unused_input"]
level = "torch"

[[items]]
name = "Report"
points = "1/3"
hand = true
"""
RUBRIC = parsed(TEXT, "hw.toml")

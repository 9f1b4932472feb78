"""Correct engines in many styles: no core case may fail on any of them.

Each file is an engine written from scratch with its adapter, `engine`. They differ in how the graph is
kept, how it is walked and what a derivative is written as, because a case that fails one of them asks
for a style and not for mathematics.
"""

"""Graphs of unusual shape: deep, wide, and with more paths than there are atoms."""

from functools import partial

from harness.case import case as declare

case = partial(declare, level="torch", convention="stable", tags=("scalar", "stress"))


@case(x=1.0)
def chain_of_5000(x):
    """A chain of 5,000 nodes"""
    y = x
    for _ in range(5000):
        y = y + 0.001
    return y


@case(x=1.0)
def sixty_doublings(x):
    """y = y + y, sixty times: 2 ** 60 paths"""
    for _ in range(60):
        x = x + x
    return x


@case(x=1.0)
def fan_out_of_10000(x):
    """One value used 10,000 times"""
    y = x * 0.0
    for _ in range(10_000):
        y = y + x
    return y

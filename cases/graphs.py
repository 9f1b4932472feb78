"""The shape of a graph: long chains, wide fans, many paths, uneven depths, and graphs at random."""

import random
from functools import partial
from operator import add, mul, sub

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import backward, read, repeated, tanh

scalar = partial(case, tags=("scalar", "reuse"))
stress = partial(case, level="torch", tags=("scalar", "stress"), convention="stable")
LENGTHS = {str(n): {"length": n} for n in (1000, 5000)}
STEPS = (add, sub, mul, lambda a, b: 0.7 * a - b)


@scalar(x=0.7, variants={str(n): {"length": n} for n in (10, 100)})
def chain(x, *, length):
    """y = y * 0.99 + 0.01, again and again"""
    y = x
    for _ in range(length // 2):
        y = y * 0.99 + 0.01
    return y


@stress(x=0.7, variants=LENGTHS)
def chain_of_sums(x, *, length):
    """a chain of additions

    A recursive backward runs out of stack near 1,000 nodes.
    """
    return repeated(lambda y: y + 0.001, x, times=length)


@stress(x=0.7, variants={**LENGTHS, "20000": {"length": 20_000}})
def chain_of_products(x, *, length):
    """a chain of multiplications, each of which keeps an operand"""
    return repeated(lambda y: y * 1.0001, x, times=length)


@case(
    x=0.7,
    level="torch",
    tags=("scalar", "stress", "python-recursion-limit"),
    convention="stable",
)
def chain_of_3000_under_pythons_own_recursion_limit(x):
    """a chain of 3,000, where the recursion limit is Python's own

    The other cases run with a higher limit. A recursive backward fails its users as it fails here.
    """
    return repeated(lambda y: y * 0.999 + 0.001, x, times=1_500)


@stress(x=1.1, y=0.00001, variants=LENGTHS)
def chain_with_a_leaf_in_every_link(x, y, *, length):
    """y is an operand of every link of the chain, so that it lies at every depth"""
    return repeated(lambda z: z + z * y, x, times=length)


@scalar(x=0.7, variants={"halves": {"factor": 0.5}, "whole": {"factor": 1.0}})
def ladder(x, *, factor):
    """y = y * factor + y, twelve times: 4,096 paths over 24 nodes

    An engine that visits each path is slow here, and would never end at sixty.
    """
    y = x
    for _ in range(12):
        y = y * factor + y
    return y


@stress(x=0.7)
def ladder_of_twenty(x):
    """y = y * 0.5 + y, twenty times: a million paths"""
    y = x
    for _ in range(20):
        y = y * 0.5 + y
    return y


@stress(x=0.7)
def doubled_sixty_times(x):
    """y = y + y, sixty times: 2 ** 60 paths over sixty nodes"""
    y = x
    for _ in range(60):
        y = y + y
    return y


@stress(x=1.0000001)
def squared_twenty_times(x):
    """y = y * y, twenty times: a million paths over twenty nodes"""
    y = x
    for _ in range(20):
        y = y * y
    return y


def with_ten_users(total, x):
    """The total, and ten products of x"""
    for k in range(10):
        total = total + x * k
    return total


@stress(x=0.7, variants={"10000": {"count": 10_000}})
def fan_out(x, *, count):
    """one leaf with 10,000 users"""
    return repeated(lambda total: with_ten_users(total, x), x * 0.5, times=count // 10)


@stress(x=0.7)
def fan_out_of_a_result(x):
    """one result with 10,000 users"""
    h = tanh(x)
    return repeated(lambda total: with_ten_users(total, h), h, times=1_000)


@scalar(x=0.7, y=1.3)
def sum_as_a_tree(x, y):
    """sixteen products, added in pairs"""
    terms = [x * (k + 1.0) * y for k in range(16)]
    while len(terms) > 1:
        terms = [a + b for a, b in zip(terms[::2], terms[1::2], strict=True)]
    return terms[0]


@scalar(x=0.7, y=1.3)
def sum_as_a_comb(x, y):
    """sixteen products, added from the last to the first"""
    total = x
    for k in range(16):
        total = x * (k + 1.0) * y + total
    return total


@scalar(x=0.3, y=0.4)
def fibonacci(x, y):
    """each value is the sum of the two before it: every node has users at two depths"""
    for _ in range(20):
        x, y = y, (x + y) * 0.7
    return x * y


@scalar(x=0.3)
def skips_over_a_chain(x):
    """the end of a chain is added to every link of it: each link lies at two depths"""
    links = [x]
    for _ in range(8):
        links.append(links[-1] * 0.8 + 0.2)
    return sum(links[-1] * link for link in links)


@scalar(x=0.3)
def skips_in_the_other_order(x):
    """every link of a chain times its end, the last link first"""
    links = [x]
    for _ in range(8):
        links.append(0.2 + links[-1] * 0.8)
    return sum(link * links[-1] for link in reversed(links))


@scalar(x=0.8, variants={f"{k}_users": {"k": k} for k in (2, 3, 4, 5, 6)})
def users_at_every_depth(x, *, k):
    """h is used after 0, 1, 2, ... links of another chain that also starts at h"""
    h = total = link = x * 1.1
    for _ in range(k):
        total, link = total * link + h, link * h - 0.1
    return total


@scalar(x=0.9, y=-0.6, z=0.4, variants={f"seed_{seed}": {"seed": seed} for seed in range(20)})
def at_random(x, y, z, *, seed):
    """twenty-four operations on operands that were drawn from all values so far"""
    draw, values = random.Random(seed), [x, y, z]
    for _ in range(24):
        a, b = draw.choice(values[-9:]), draw.choice(values[-4:])
        values.append(draw.choice(STEPS)(a, b))
    return sum(values[-3:]) + x * y * z


@case(x=normal(3), y=normal(3), variants={f"seed_{seed}": {"seed": seed} for seed in range(4)})
def tensors_at_random(x, y, *, seed):
    """sixteen operations on (3,) tensors that were drawn from all values so far"""
    draw, values = random.Random(seed), [x, y, x * y]
    for _ in range(16):
        a, b = draw.choice(values), draw.choice(values[-4:])
        values.append(draw.choice([*STEPS, lambda a, b: tanh(a)])(a, b))
    return sum(values[-3:]) + x * y


@stress(x=0.7)
def two_backwards_on_a_long_chain(x):
    """a chain of 5,000, built and differentiated twice"""
    for _ in range(2):
        backward(repeated(lambda y: y * 1.0001, x, times=5_000))
    read(x.grad)

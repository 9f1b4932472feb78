# Autograd exercise
# approach: count how often every node is used (like in-degrees in Kahn's algorithm),
# a node may only send its gradient on when all of its users have reported back.

import math
from collections import deque


class Node:

	def __init__(self, value, parents=(), weights=()):
		self.value = value
		self.parents = list(parents)
		self.weights = list(weights)	# d(self)/d(parent), same order as parents
		self.gradient = 0.0

	def __str__(self):
		return "Node(%s)" % self.value

	# operators

	def __add__(self, rhs):
		rhs = as_node(rhs)
		return Node(self.value + rhs.value, [self, rhs], [1.0, 1.0])

	def __sub__(self, rhs):
		rhs = as_node(rhs)
		return Node(self.value - rhs.value, [self, rhs], [1.0, -1.0])

	def __mul__(self, rhs):
		rhs = as_node(rhs)
		return Node(self.value * rhs.value, [self, rhs], [rhs.value, self.value])

	def __truediv__(self, rhs):
		rhs = as_node(rhs)
		a, b = self.value, rhs.value
		return Node(a / b, [self, rhs], [1 / b, -a / (b * b)])

	def __pow__(self, rhs):
		if isinstance(rhs, Node):
			raise NotImplementedError("exponent has to be a number")
		return Node(self.value ** rhs, [self], [rhs * self.value ** (rhs - 1)])

	def __neg__(self):
		return Node(-self.value, [self], [-1.0])

	def __radd__(self, lhs):
		return as_node(lhs) + self

	def __rsub__(self, lhs):
		return as_node(lhs) - self

	def __rmul__(self, lhs):
		return as_node(lhs) * self

	def __rtruediv__(self, lhs):
		return as_node(lhs) / self

	# functions

	def exp(self):
		e = math.exp(self.value)
		return Node(e, [self], [e])

	def ln(self):
		return Node(math.log(self.value), [self], [1 / self.value])

	def tanh(self):
		t = math.tanh(self.value)
		return Node(t, [self], [1 - t * t])

	def reLU(self):
		if self.value > 0:
			return Node(self.value, [self], [1.0])
		return Node(0.0, [self], [0.0])

	# reverse mode

	def backprop(self):
		# 1) how many users does every node have (below this root)?
		waiting = {}
		todo = [self]
		known = {id(self)}
		while todo:
			n = todo.pop()
			for p in n.parents:
				waiting[id(p)] = waiting.get(id(p), 0) + 1
				if id(p) not in known:
					known.add(id(p))
					todo.append(p)
		# 2) peel the graph off from the top
		collected = {id(self): 1.0}
		ready = deque([self])
		while ready:
			n = ready.popleft()
			g = collected.pop(id(n))
			n.gradient += g
			for p, w in zip(n.parents, n.weights):
				collected[id(p)] = collected.get(id(p), 0.0) + g * w
				waiting[id(p)] -= 1
				if waiting[id(p)] == 0:
					ready.append(p)


def as_node(x):
	return x if isinstance(x, Node) else Node(x)

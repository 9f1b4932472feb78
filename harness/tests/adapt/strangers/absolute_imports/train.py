# python train.py
from pathlib import Path

import functional as F
from nn import Perceptron

rows = [line.split(",") for line in Path(__file__).with_name("points.csv").read_text().split()[1:]]
points = [((float(a), float(b)), int(c)) for a, b, c in rows]

net = Perceptron(2)
for epoch in range(1, 31):
    total = 0.0
    for xs, label in points:
        p = net(xs)
        loss = -F.log(p) if label else -F.log(1 - p)
        loss.backward()
        total += loss.data
    net.step(0.1)
    if epoch % 10 == 0:
        print(f"epoch {epoch}: {total / len(points):.4f}")

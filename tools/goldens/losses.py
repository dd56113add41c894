#!/usr/bin/env python3
"""Makes Tests/NeuralNetworksTests/Goldens/losses.safetensors: losses of numbers in training, by PyTorch in double precision.

Needs PyTorch and numpy, as training.py, whose writing it uses. Two dense layers learn from ten given batches by gradient descent with momentum:
answers yes or no, with and without a weight of the positive ones and a focus on what is wrong, numbers, and classes by their cosines with a
margin.
"""

import argparse
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from training import rounded, write

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "NeuralNetworksTests" / "Goldens" / "losses.safetensors"
SEED, STEPS, BATCH, INPUTS, UNITS = 20260301, 10, 8, 6, 9
RATE, MOMENTUM = 0.1, 0.9
# Name, outputs, weight of the positive, focus; no weight for numbers.
CASES = [("plain", 1, 1, 0), ("weighted", 1, 5, 0), ("focal", 3, 2, 1.5), ("squares", 4, None, None)]
# Of the cosines.
CLASSES, SCALE, MARGIN = 4, 12.0, 0.35


def loss_of(logits, targets, weight, focus):
    if weight is None:
        return F.mse_loss(logits, targets)
    if focus == 0:
        return F.binary_cross_entropy_with_logits(logits, targets, pos_weight=torch.tensor(float(weight)))
    # Lin et al. 2017, equation 4.
    positive = torch.sigmoid(-logits) ** focus * F.logsigmoid(logits)
    negative = torch.sigmoid(logits) ** focus * F.logsigmoid(-logits)
    return -(weight * targets * positive + (1 - targets) * negative).mean()


def train_cosines(weights, inputs, targets):
    w = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    optimizer = torch.optim.SGD(list(w.values()), lr=RATE, momentum=MOMENTUM)
    losses, right = [], []
    for x, t in zip(torch.tensor(inputs), torch.tensor(targets)):
        hidden = F.relu(F.linear(x, w["dense_1.weight"], w["dense_1.bias"]))
        cosines = F.linear(F.normalize(hidden), F.normalize(w["cosine_classifier_1.weight"]))
        # Wang et al. 2018, equation 4.
        loss = F.cross_entropy(SCALE * (cosines - MARGIN * F.one_hot(t, CLASSES)), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        right.append(float((cosines.argmax(1) == t).double().mean()))
    return {name: value.detach().numpy() for name, value in w.items()}, np.array(losses), np.array(right)


def train(weights, inputs, targets, weight, focus):
    w = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    optimizer = torch.optim.SGD(list(w.values()), lr=RATE, momentum=MOMENTUM)
    losses, right = [], []
    for x, t in zip(torch.tensor(inputs), torch.tensor(targets)):
        hidden = F.relu(F.linear(x, w["dense_1.weight"], w["dense_1.bias"]))
        logits = F.linear(hidden, w["dense_2.weight"], w["dense_2.bias"])
        loss = loss_of(logits, t, weight, focus)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        right.append(float(((logits > 0) == (t > 0.5)).double().mean()))
    return {name: value.detach().numpy() for name, value in w.items()}, np.array(losses), np.array(right)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    torch.set_num_threads(1)
    random = np.random.default_rng(SEED)
    tensors = {}
    for name, outputs, weight, focus in CASES:
        weights = rounded({
            "dense_1.weight": random.normal(0, 0.5, (UNITS, INPUTS)), "dense_1.bias": random.uniform(-0.2, 0.2, UNITS),
            "dense_2.weight": random.normal(0, 0.4, (outputs, UNITS)), "dense_2.bias": random.uniform(-0.2, 0.2, outputs)})
        rule = random.normal(0, 1, (INPUTS, outputs))
        inputs = rounded({"": random.normal(0, 1, (STEPS, BATCH, INPUTS))})[""]
        targets = inputs @ rule
        targets = rounded({"": targets if weight is None else (targets > 0.5).astype(np.float64)})[""]
        final, losses, right = train(weights, inputs, targets, weight, focus)
        tensors |= example(name, inputs, targets, losses, right, weights, final)
    weights = rounded({
        "dense_1.weight": random.normal(0, 0.5, (UNITS, INPUTS)), "dense_1.bias": random.uniform(0.1, 0.3, UNITS),
        "cosine_classifier_1.weight": random.normal(0, 0.4, (CLASSES, UNITS))})
    inputs = rounded({"": random.normal(0, 1, (STEPS, BATCH, INPUTS))})[""]
    targets = (inputs @ random.normal(0, 1, (INPUTS, CLASSES))).argmax(-1)
    final, losses, right = train_cosines(weights, inputs, targets)
    tensors |= example("cosines", inputs, targets, losses, right, weights, final)
    write(GOLDEN, tensors, {
        "made by": "tools/goldens/losses.py", "source": f"PyTorch {torch.__version__}, double precision", "seed": str(SEED)})
    print(GOLDEN.stat().st_size, "bytes")


def example(name, inputs, targets, losses, right, weights, final):
    print(name, "losses", losses, "right", right)
    made = {"inputs": inputs, "targets": targets, "losses": losses, "right": right}
    made |= {"initial." + key: array for key, array in weights.items()}
    made |= {"final." + key: array for key, array in final.items()}
    return {f"{name}.{key}": array for key, array in made.items()}


if __name__ == "__main__":
    main()

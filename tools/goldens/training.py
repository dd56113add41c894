#!/usr/bin/env python3
"""Makes Tests/NeuralNetworksTests/Goldens/training.safetensors: ten steps of training, by PyTorch in double precision.

Needs PyTorch and numpy (made with PyTorch 2.13.0 and numpy 2.4.6, on the CPU). A network of a convolution, a residual block, pooling and a dense layer
learns from ten given batches: AdamW that decays the weights of rank 2 and more only, gradients clipped to a norm, a cosine schedule with
warm-up, smoothed labels. The names of the weights are Engram's.
"""

import argparse
import json
import math
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "NeuralNetworksTests" / "Goldens" / "training.safetensors"
SEED, STEPS, BATCH, CLASSES = 20260201, 10, 8, 5
PEAK, WARM_UP, SCHEDULED = 0.01, 3, 12
DECAY, LIMIT, SMOOTHING, MOMENTUM, EPSILON = 0.05, 1.0, 0.1, 0.9, 1e-5
INNER = "residual_1.sequential_1."


def initial(random):
    """Weights and statistics by name."""
    weights, statistics = {}, {}

    def convolution(name, outputs, inputs):
        weights[name + ".weight"] = random.normal(0, math.sqrt(2 / (inputs * 9)), (outputs, inputs, 3, 3))

    def normalization(name, channels):
        weights[name + ".weight"] = random.uniform(0.5, 1.5, channels)
        weights[name + ".bias"] = random.uniform(-0.2, 0.2, channels)
        statistics[name + ".running_mean"] = random.uniform(-0.1, 0.1, channels)
        statistics[name + ".running_var"] = random.uniform(0.8, 1.2, channels)

    convolution("convolution_1", 6, 2)
    normalization("normalization_1", 6)
    for number in (1, 2):
        convolution(f"{INNER}convolution_{number}", 6, 6)
        normalization(f"{INNER}normalization_{number}", 6)
    weights["dense_1.weight"] = random.normal(0, 0.1, (CLASSES, 96))
    weights["dense_1.bias"] = random.uniform(-0.1, 0.1, CLASSES)
    return rounded(weights), rounded(statistics)


def rounded(arrays):
    """The same numbers as float32 has them, in double."""
    return {name: array.astype(np.float32).astype(np.float64) for name, array in arrays.items()}


def forward(x, w, statistics):
    def convolution(name, x):
        return F.conv2d(x, w[name + ".weight"], padding=1)

    def normalization(name, x):
        return F.batch_norm(
            x, statistics[name + ".running_mean"], statistics[name + ".running_var"], w[name + ".weight"], w[name + ".bias"],
            training=True, momentum=1 - MOMENTUM, eps=EPSILON)

    x = F.relu(normalization("normalization_1", convolution("convolution_1", x)))
    y = F.relu(normalization(INNER + "normalization_1", convolution(INNER + "convolution_1", x)))
    y = normalization(INNER + "normalization_2", convolution(INNER + "convolution_2", y))
    x = F.max_pool2d(F.relu(x + y), 2)
    return F.linear(x.flatten(1), w["dense_1.weight"], w["dense_1.bias"])


def rate(step):
    """Of a step counted from 0: up linearly, then down as half a cosine."""
    if step < WARM_UP:
        return PEAK * (step + 1) / WARM_UP
    return PEAK * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (SCHEDULED - WARM_UP)))


def train(weights, statistics, inputs, targets, dtype):
    w = {name: torch.tensor(array, dtype=dtype, requires_grad=True) for name, array in weights.items()}
    statistics = {name: torch.tensor(array, dtype=dtype) for name, array in statistics.items()}
    decayed = [value for value in w.values() if value.dim() >= 2]
    plain = [value for value in w.values() if value.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}], lr=1.0, betas=(0.9, 0.999), eps=1e-8)
    losses, norms = [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        logits = forward(torch.tensor(inputs[step], dtype=dtype), w, statistics)
        loss = F.cross_entropy(logits, torch.tensor(targets[step]), label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(list(w.values()), LIMIT)))
        optimizer.step()
        losses.append(float(loss.detach()))
    final = {name: value.detach().numpy() for name, value in (w | statistics).items()}
    return final, np.array(losses), np.array(norms)


def write(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name], "<i8" if tensors[name].dtype == np.int64 else "<f4")
        content = array.tobytes()
        kind = "I64" if array.dtype == np.int64 else "F32"
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    torch.set_num_threads(1)
    random = np.random.default_rng(SEED)
    weights, statistics = initial(random)
    targets = random.integers(0, CLASSES, (STEPS, BATCH)).astype(np.int64)
    # A pattern a class, under noise: something to learn.
    patterns = random.normal(0, 1, (CLASSES, 2, 8, 8))
    inputs = rounded({"": patterns[targets] + random.normal(0, 0.7, (STEPS, BATCH, 2, 8, 8))})[""]
    final, losses, norms = train(weights, statistics, inputs, targets, torch.float64)
    single, single_losses, _ = train(weights, statistics, inputs, targets, torch.float32)
    print("losses", losses)
    print("norms", norms)
    print("float32 differs by", np.abs(single_losses - losses).max(), "in the losses and",
          max(np.abs(single[name] - final[name]).max() for name in final), "in the weights")
    tensors = {"inputs": inputs, "targets": targets, "losses": losses, "norms": norms}
    tensors |= {"initial." + name: array for name, array in (weights | statistics).items()}
    tensors |= {"final." + name: array for name, array in final.items()}
    write(GOLDEN, tensors, {
        "made by": "tools/goldens/training.py", "source": f"PyTorch {torch.__version__}, double precision", "seed": str(SEED)})
    print(GOLDEN.stat().st_size, "bytes")


if __name__ == "__main__":
    main()

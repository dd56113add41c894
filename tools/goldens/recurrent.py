#!/usr/bin/env python3
"""Writes Tests/EngineTests/Goldens/recurrent.*: what ONNX Runtime and PyTorch compute for LSTM, GRU and Gather.

    /tmp/goldens/bin/python tools/goldens/recurrent.py [DIRECTORY]

Versions, seed and format as tools/goldens/operators.py, which this extends. PyTorch's weights and gradients are written in ONNX's
layout: gates i, o, f, c and z, r, h; the directions outermost; both biases in a row.
"""
import numpy as np
import torch

from operators import case, leaf, onnx_case, random, start, uniform, write


def lengths(rows, steps):
    drawn = random.integers(1, steps + 1, rows).astype(np.int32)
    drawn[0] = steps
    return drawn


def onnx_cases():
    for operator, gates, states in [("LSTM", 4, 2), ("GRU", 3, 1)]:
        for direction in ["forward", "reverse", "bidirectional"]:
            for has_lengths in [False, True]:
                for reset in [0, 1] if operator == "GRU" else [0]:
                    passes = 2 if direction == "bidirectional" else 1
                    steps, rows, inputs, units = 5, 3, 4, 7
                    attributes = {"direction": direction, "hidden_size": units}
                    if operator == "GRU":
                        attributes["linear_before_reset"] = reset
                    onnx_case(
                        operator, attributes,
                        [uniform(steps, rows, inputs), uniform(passes, gates * units, inputs),
                         uniform(passes, gates * units, units), uniform(passes, 2 * gates * units),
                         lengths(rows, steps) if has_lengths else None]
                        + [uniform(passes, rows, units) for _ in range(states)], opset=14, outputs=1 + states)
        onnx_case(operator, {"hidden_size": 5},
                  [uniform(3, 2, 4), uniform(1, gates * 5, 4), uniform(1, gates * 5, 5)], opset=14, outputs=1 + states)
    for axis, shape, numbers in [(0, (5, 3), [[0, 4, 2], [1, 1, 3]]), (1, (2, 6, 3), [5, -1, -6, 0]), (-1, (3, 4), 2)]:
        onnx_case("Gather", {"axis": axis}, [uniform(*shape), np.array(numbers, np.int64)])
    for operator in ["Sigmoid", "Tanh"]:
        onnx_case(operator, {}, [uniform(5, 9, low=-9, high=9)])


def reordered(weight, order, units):
    return torch.cat([weight[gate * units:(gate + 1) * units] for gate in order])


def torch_cases():
    for kind, order, states in [("LSTM", [0, 3, 1, 2], 2), ("GRU", [1, 0, 2], 1)]:
        for passes in [1, 2]:
            for has_lengths in [False, True]:
                steps, rows, inputs, units = 6, 4, 5, 9
                layer = getattr(torch.nn, kind)(inputs, units, bidirectional=passes == 2)
                with torch.no_grad():
                    for parameter in layer.parameters():
                        parameter.copy_(torch.tensor(uniform(*parameter.shape, low=-0.7, high=0.7)))
                x = leaf(uniform(steps, rows, inputs))
                begin = [leaf(uniform(passes, rows, units)) for _ in range(states)]
                given = tuple(begin) if states == 2 else begin[0]
                sizes = lengths(rows, steps)
                if has_lengths:
                    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(sizes, dtype=torch.int64), enforce_sorted=False)
                    y, end = layer(packed, given)
                    y = torch.nn.utils.rnn.pad_packed_sequence(y, total_length=steps)[0]
                else:
                    y, end = layer(x, given)
                end = list(end) if states == 2 else [end]
                y = y.reshape(steps, rows, passes, units).transpose(1, 2)
                outputs = [y] + end
                directions = [uniform(*output.shape) for output in outputs]
                sum((output * torch.tensor(d)).sum() for output, d in zip(outputs, directions)).backward()

                def onnx(of):
                    def stacked(name):
                        return torch.stack([reordered(of(getattr(layer, f"{name}_l0{suffix}")), order, units)
                                            for suffix in ["", "_reverse"][:passes]])
                    return [stacked("weight_ih"), stacked("weight_hh"), torch.cat([stacked("bias_ih"), stacked("bias_hh")], 1)]
                case("torch", kind + "Gradients", {"direction": "bidirectional" if passes == 2 else "forward", "linear_before_reset": 1},
                     [x.detach()] + onnx(lambda p: p.detach()) + [sizes if has_lengths else None]
                     + [b.detach() for b in begin] + directions,
                     [output.detach() for output in outputs] + [x.grad] + onnx(lambda p: p.grad) + [b.grad for b in begin])


if __name__ == "__main__":
    start()
    onnx_cases()
    torch_cases()
    write("recurrent", "tools/goldens/recurrent.py")

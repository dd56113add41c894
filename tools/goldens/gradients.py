#!/usr/bin/env python3
"""Writes Tests/EngineTests/Goldens/gradients.*: PyTorch's gradients where a convention decides, or elements are moved.

    /tmp/goldens/bin/python tools/goldens/gradients.py [DIRECTORY]

Versions, seed and format as tools/goldens/operators.py, which this extends. Operators, attributes and inputs are ONNX's, and the last
input is dy; the outputs are y and the gradient of each input that is no constant.
"""
import numpy as np
import torch
import torch.nn.functional as F

from operators import case, leaf, random, start, uniform, write


def add(operator, attributes, operands, constants, function):
    """`function` of leaves of the operands, which go before the constants (None for one that is left out)."""
    leaves = [leaf(np.asarray(operand, np.float32)) for operand in operands]
    y = function(*leaves)
    dy = uniform(*y.shape)
    y.backward(torch.tensor(dy))
    places = [len(leaves) + index for index, constant in enumerate(constants) if constant is not None]
    case("torch", operator, attributes, [x.detach() for x in leaves] + list(constants) + [dy],
         [y.detach()] + [x.grad for x in leaves], places)


def integers(*values):
    return np.array(values, np.int64)


def whole(*shape):
    """Few numbers, so that many are equal."""
    return random.integers(-2, 3, shape).astype(np.float32)


def main():
    for axes in [[1], [0, 2], [-1]]:
        add("ReduceMax", {"axes": axes}, [whole(3, 4, 5)], [], lambda x: torch.amax(x, axes, keepdim=True))
        add("ReduceMin", {"axes": axes}, [whole(3, 4, 5)], [], lambda x: torch.amin(x, axes, keepdim=True))
        x = uniform(3, 4, 5)
        x[1] = 0
        add("ReduceL2", {"axes": axes}, [x], [], lambda x: torch.linalg.vector_norm(x, dim=axes, keepdim=True))
    for a, b in [((4, 5), (4, 5)), ((3, 1), (1, 6))]:
        add("Max", {}, [whole(*a), whole(*b)], [], torch.maximum)
        add("Min", {}, [whole(*a), whole(*b)], [], torch.minimum)
        add("Pow", {}, [uniform(*a, low=0.1, high=3), uniform(*b, low=-3, high=3)], [], torch.pow)
    # Of 0 to a power, and to the power of 0.
    add("Pow", {}, [[[0.0], [0.0], [2.0]], [[0.0, 2.0, 1.0]]], [], torch.pow)
    add("GlobalMaxPool", {}, [whole(2, 3, 4, 5)], [], lambda x: F.adaptive_max_pool2d(x, 1))
    add("Slice", {}, [uniform(5, 7)], [integers(1, 0), integers(5, 7), integers(0, 1), integers(2, 3)],
        lambda x: x[1:5:2, 0:7:3])
    for mode, name in [("constant", "constant"), ("reflect", "reflect"), ("edge", "replicate"), ("wrap", "circular")]:
        add("Pad", {"mode": mode}, [uniform(2, 3, 4, 5)], [integers(0, 0, 2, 1, 0, 0, 1, 3)],
            lambda x: F.pad(x, (1, 3, 2, 1), mode=name))
    add("Pad", {"mode": "constant"}, [uniform(4, 6)], [integers(-1, 2, 0, -3)], lambda x: F.pad(x, (2, -3, -1, 0)))
    for size in [(6, 10), (2, 3), (7, 4)]:
        sizes = [None, None, integers(2, 3, *size)]
        add("Resize", {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}, [uniform(2, 3, 4, 5)], sizes,
            lambda x: F.interpolate(x, size, mode="bilinear", align_corners=False))
        add("Resize", {"mode": "linear", "coordinate_transformation_mode": "align_corners"}, [uniform(2, 3, 4, 5)], sizes,
            lambda x: F.interpolate(x, size, mode="bilinear", align_corners=True))
        add("Resize", {"mode": "nearest", "coordinate_transformation_mode": "asymmetric"}, [uniform(2, 3, 4, 5)], sizes,
            lambda x: F.interpolate(x, size, mode="nearest"))


if __name__ == "__main__":
    start()
    main()
    write("gradients", "tools/goldens/gradients.py")

#!/usr/bin/env python3
"""Writes Tests/EngineTests/Goldens/gradients.*: PyTorch's gradients of operators that operators.py and recurrent.py leave out.

    /tmp/goldens/bin/python tools/goldens/gradients.py [DIRECTORY]

Versions, seed and format as tools/goldens/operators.py, which this extends. Operators, attributes and inputs are ONNX's, and the last
input is dy; the outputs are y and the gradient of each input that is no constant.
"""
import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto

from operators import case, leaf, node_model, random, start, uniform, write


def add(operator, attributes, operands, constants, function, opset=17):
    """`function` of leaves of the operands, which go before the constants (None for one that is left out)."""
    leaves = [leaf(np.asarray(operand, np.float32)) for operand in operands]
    y = function(*leaves)
    dy = uniform(*y.shape)
    y.backward(torch.tensor(dy))
    places = [len(leaves) + index for index, constant in enumerate(constants) if constant is not None]
    inputs = [x.detach().numpy() for x in leaves] + list(constants)
    model = node_model(operator, attributes, inputs, opset, [TensorProto.FLOAT], places)
    case("torch", operator, attributes, inputs + [dy], [y.detach()] + [x.grad for x in leaves], places,
         model.SerializeToString(deterministic=True))



def integers(*values):
    return np.array(values, np.int64)


def whole(*shape):
    """Few numbers, so that many are equal."""
    return random.integers(-2, 3, shape).astype(np.float32)


def functions():
    x = np.concatenate([uniform(17, low=-4, high=4), np.array([-9, 9], np.float32)])
    for operator, attributes, function in [
        ("LeakyRelu", {"alpha": 0.3}, lambda x: F.leaky_relu(x, 0.3)), ("Elu", {"alpha": 0.7}, lambda x: F.elu(x, 0.7)),
        ("Sigmoid", {}, torch.sigmoid), ("HardSigmoid", {"alpha": 1 / 6}, F.hardsigmoid), ("HardSwish", {}, F.hardswish),
        ("Tanh", {}, torch.tanh),
        ("Gelu", {}, F.gelu), ("Gelu", {"approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh")), ("Erf", {}, torch.erf),
        ("Softplus", {}, F.softplus), ("Exp", {}, torch.exp), ("Neg", {}, torch.neg),
    ]:
        add(operator, attributes, [x], [], function, opset=20)
    for operator, function in [("Relu", F.relu), ("Abs", torch.abs)]:
        add(operator, {}, [whole(19)], [], function)
    for operator, function in [("Sqrt", torch.sqrt), ("Log", torch.log)]:
        add(operator, {}, [uniform(19, low=0.1, high=9)], [], function)
    add("PRelu", {}, [uniform(2, 3, 4), uniform(3, 1)], [], lambda x, slope: torch.where(x < 0, slope * x, x))
    for axis in [0, 1, -1]:
        add("Softmax", {"axis": axis}, [uniform(3, 4, 5, low=-4, high=4)], [], lambda x: F.softmax(x, axis))
        add("LogSoftmax", {"axis": axis}, [uniform(3, 4, 5, low=-4, high=4)], [], lambda x: F.log_softmax(x, axis))


def products():
    add("LayerNormalization", {"axis": 1, "epsilon": 1e-3}, [uniform(3, 4, 5), uniform(4, 5), uniform(4, 5)], [],
        lambda x, scale, bias: F.layer_norm(x, (4, 5), scale, bias, 1e-3))
    add("GroupNormalization", {"num_groups": 2, "epsilon": 1e-3}, [uniform(2, 6, 4, 3), uniform(6), uniform(6)], [],
        lambda x, scale, bias: F.group_norm(x, 2, scale, bias, 1e-3), opset=21)
    add("InstanceNormalization", {"epsilon": 1e-3}, [uniform(2, 3, 4, 5), uniform(3), uniform(3)], [],
        lambda x, scale, bias: F.instance_norm(x, weight=scale, bias=bias, eps=1e-3))
    for operator, function in [("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Div", torch.div)]:
        add(operator, {}, [uniform(2, 1, 5), uniform(3, 1, low=0.5, high=2)], [], function)
    add("Gather", {}, [uniform(5, 3)], [integers(4, 0, 4, 1, 4)], lambda x: x[[4, 0, 4, 1, 4]])
    add("Gather", {"axis": 1}, [uniform(2, 4, 3)], [integers(-1, 0, 3)], lambda x: x[:, [-1, 0, 3]])
    add("Concat", {"axis": 1}, [uniform(2, 3, 2), uniform(2, 1, 2)], [], lambda a, b: torch.cat([a, b], 1))
    add("GlobalAveragePool", {}, [uniform(2, 3, 4, 5)], [], lambda x: F.adaptive_avg_pool2d(x, 1))
    for axes in [[1], [0, 2]]:
        add("ReduceMean", {"axes": axes, "keepdims": 0}, [uniform(3, 4, 5)], [], lambda x: torch.mean(x, axes))
    add("MatMul", {}, [uniform(2, 3, 4), uniform(4, 5)], [], torch.matmul)
    add("Gemm", {"transB": 1, "alpha": 0.5}, [uniform(3, 4), uniform(5, 4), uniform(5)], [], lambda a, b, c: 0.5 * a @ b.T + c)
    add("ConvTranspose", {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 0]},
        [uniform(2, 3, 4, 5), uniform(3, 4, 3, 3), uniform(4)], [], lambda x, w, b: F.conv_transpose2d(x, w, b, 2, 1, (1, 0)))
    add("Conv", {"pads": [2, 2], "dilations": [2]}, [uniform(2, 3, 9), uniform(4, 3, 3), uniform(4)], [],
        lambda x, w, b: F.conv1d(x, w, b, padding=2, dilation=2))


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
            lambda x: F.pad(x, (1, 3, 2, 1), mode=name), opset=21)
    add("Pad", {"mode": "constant"}, [uniform(4, 6)], [integers(-1, 2, 0, -3)], lambda x: F.pad(x, (2, -3, -1, 0)))
    for size in [(6, 10), (2, 3), (7, 4)]:
        sizes = [None, None, integers(2, 3, *size)]
        add("Resize", {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}, [uniform(2, 3, 4, 5)], sizes,
            lambda x: F.interpolate(x, size, mode="bilinear", align_corners=False))
        add("Resize", {"mode": "linear", "coordinate_transformation_mode": "align_corners"}, [uniform(2, 3, 4, 5)], sizes,
            lambda x: F.interpolate(x, size, mode="bilinear", align_corners=True))
        add("Resize", {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
            [uniform(2, 3, 4, 5)], sizes, lambda x: F.interpolate(x, size, mode="nearest"))
    functions()
    products()


if __name__ == "__main__":
    start()
    main()
    write("gradients", "tools/goldens/gradients.py")

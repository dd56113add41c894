#!/usr/bin/env python3
"""Writes Tests/EngineTests/Goldens/nodes.*: what ONNX Runtime computes for the operators that operators.py and recurrent.py leave out.

    /tmp/goldens/bin/python tools/goldens/nodes.py [DIRECTORY]

Versions, seed and format as tools/goldens/operators.py, which this extends.
"""
import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto, numpy_helper

from operators import node_case, onnx_case, random, start, uniform, write

NAN, INFINITY = np.float32(np.nan), np.float32(np.inf)


def integers(*values):
    return np.array(values, np.int64)


def numbers(*values):
    return np.array(values, np.float32)


def whole(*shape, low=-9, high=10, kind=np.int64):
    """Few numbers, so that many are equal."""
    return random.integers(low, high, shape).astype(kind)


def truths(*shape):
    return random.integers(0, 2, shape).astype(bool)


def convolutions():
    for attributes, shape, outputs, kernel in [
        ({}, (2, 3, 11), 4, [3]), ({"strides": [2], "pads": [2, 1]}, (2, 3, 11), 17, [4]),
        ({"dilations": [3], "pads": [0, 6]}, (1, 5, 13), 5, [3]), ({"group": 6, "pads": [1, 1]}, (2, 6, 9), 6, [3]),
        ({"group": 2, "auto_pad": "SAME_UPPER", "strides": [3]}, (2, 4, 10), 6, [5]),
    ]:
        onnx_case("Conv", {"kernel_shape": kernel, **attributes},
                  [uniform(*shape), uniform(outputs, shape[1] // attributes.get("group", 1), *kernel), uniform(outputs)])
    for attributes, shape, outputs, kernel in [
        ({}, (2, 3, 7), 4, [3]), ({"strides": [3], "pads": [1, 0], "output_padding": [2]}, (2, 3, 7), 5, [4]),
        ({"dilations": [2], "strides": [2]}, (1, 4, 6), 3, [3]), ({"group": 2, "pads": [1, 1]}, (2, 4, 6), 6, [3]),
        ({}, (2, 3, 4, 5), 4, [3, 3]), ({"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}, (2, 17, 4, 3), 16, [3, 3]),
        ({"strides": [2, 3], "pads": [0, 2, 1, 0]}, (1, 3, 4, 5), 5, [2, 4]), ({"dilations": [2, 3]}, (1, 2, 5, 4), 3, [3, 2]),
        ({"dilations": [2, 1], "strides": [1, 2], "output_padding": [0, 1]}, (1, 2, 5, 4), 3, [3, 3]),
        ({"group": 3, "strides": [2, 2]}, (2, 6, 4, 4), 9, [3, 3]), ({"group": 5, "pads": [1, 1, 1, 1]}, (1, 5, 6, 4), 5, [3, 3]),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, (1, 3, 5, 4), 2, [3, 3]),
        ({"auto_pad": "SAME_LOWER", "strides": [2, 2]}, (1, 3, 5, 4), 2, [3, 3]),
        ({"output_shape": [11, 9], "strides": [2, 2]}, (1, 3, 5, 4), 2, [3, 3]),
    ]:
        groups = attributes.get("group", 1)
        for has_bias in [True, False] if not attributes else [True]:
            onnx_case("ConvTranspose", {"kernel_shape": kernel, **attributes},
                      [uniform(*shape), uniform(shape[1], outputs // groups, *kernel)] + ([uniform(outputs)] if has_bias else []))
    for shape in [(3, 5, 7), (2, 3, 5, 4), (1, 2, 1, 1)]:
        onnx_case("GlobalMaxPool", {}, [uniform(*shape)])
    onnx_case("GlobalAveragePool", {}, [uniform(3, 5, 7)])
    x = uniform(1, 2, 3, 3)
    x[0, 1, 2, 0] = NAN
    onnx_case("GlobalAveragePool", {}, [x])
    for attributes in [{"strides": [2], "pads": [1, 1]}, {"strides": [2], "ceil_mode": 1}]:
        for operator in ["MaxPool", "AveragePool"]:
            onnx_case(operator, {"kernel_shape": [3], **attributes}, [uniform(2, 3, 10)])


def normalizations():
    for axis, shape in [(-1, (3, 5, 7)), (1, (2, 3, 5)), (0, (4, 3)), (2, (2, 3, 4, 5))]:
        for has_bias in [True, False]:
            onnx_case("LayerNormalization", {"axis": axis, "epsilon": 1e-3},
                      [uniform(*shape, low=-1, high=3), uniform(*shape[axis:])] + ([uniform(*shape[axis:])] if has_bias else []), opset=17)
    for groups, shape in [(1, (2, 6, 5)), (2, (2, 6, 3, 4)), (3, (1, 9, 5, 3)), (6, (3, 6, 7))]:
        onnx_case("GroupNormalization", {"num_groups": groups, "epsilon": 1e-4},
                  [uniform(*shape, low=-1, high=3), uniform(shape[1]), uniform(shape[1])])
    for shape in [(2, 3, 7), (2, 5, 4, 3), (1, 1, 6, 5)]:
        onnx_case("InstanceNormalization", {"epsilon": 1e-3}, [uniform(*shape, low=-1, high=3), uniform(shape[1]), uniform(shape[1])])


def functions():
    # Results are compared relative to the largest of a tensor: so what is large stands in tensors of its own.
    near = np.concatenate([uniform(17, low=-3, high=3), numbers(-3, -2.5, -1, -0.5, -0.0, 0, 0.5, 1, 2.5, 3)])
    ends = numbers(-INFINITY, INFINITY, NAN, 1)
    for operator, attributes in [
        ("LeakyRelu", {}), ("LeakyRelu", {"alpha": 0.3}), ("Elu", {}), ("Elu", {"alpha": 0.7}), ("Sigmoid", {}), ("HardSigmoid", {}),
        ("HardSigmoid", {"alpha": 0.3, "beta": 0.4}), ("HardSwish", {}), ("Tanh", {}), ("Gelu", {"approximate": "none"}),
        ("Gelu", {"approximate": "tanh"}), ("Erf", {}), ("Softplus", {}), ("Exp", {}), ("Abs", {}), ("Neg", {}), ("Floor", {}),
        ("Ceil", {}), ("Reciprocal", {}), ("Identity", {}), ("Relu", {}),
    ]:
        for x in [near, numbers(-30, -10, -9), numbers(9, 10, 30)]:
            if operator == "Sigmoid" and x[0] == -30:
                # ONNX Runtime's is off by 2e-4 here.
                node_case("torch", operator, attributes, [x], [torch.sigmoid(torch.tensor(x)).numpy()], opset=21)
            else:
                onnx_case(operator, attributes, [x])
        if operator in ["Exp", "Abs", "Relu"]:
            onnx_case(operator, attributes, [uniform(2, 0, 3)])
        if operator not in ["Gelu", "HardSwish"]:
            onnx_case(operator, attributes, [ends])
    x = numbers(NAN, 1)
    node_case("torch", "HardSwish", {}, [x], [F.hardswish(torch.tensor(x)).numpy()], opset=21)
    for approximate in ["none", "tanh"]:
        node_case("torch", "Gelu", {"approximate": approximate}, [x], [F.gelu(torch.tensor(x), approximate=approximate).numpy()], opset=21)
    for operator in ["Sqrt", "Log"]:
        for x in [numbers(0, -0.0, 0.1, 0.5, 1, 2, 3), numbers(1e-30, 2e-30), numbers(1e30, 2e30), uniform(11, low=0.1, high=3)]:
            onnx_case(operator, {}, [x])
        onnx_case(operator, {}, [numbers(-1, INFINITY, NAN, 4)])
    for x in [numbers(-200, -100), numbers(90, 200), uniform(11)]:
        onnx_case("Exp", {}, [x])
    for operator in ["Abs", "Neg"]:
        for kind in [np.int32, np.int64]:
            onnx_case(operator, {}, [whole(3, 5, kind=kind)])
    for slope in [(1,), (3, 1, 1), (5,), (2, 3, 4, 5)]:
        onnx_case("PRelu", {}, [uniform(2, 3, 4, 5), uniform(*slope)])
    for axis, shape in [(-1, (3, 7)), (0, (4, 3)), (1, (2, 5, 3))]:
        onnx_case("LogSoftmax", {"axis": axis}, [uniform(*shape, low=-9, high=9)])
    # Before opset 13 all axes from this one on are one.
    for operator in ["Softmax", "LogSoftmax"]:
        onnx_case(operator, {"axis": 1}, [uniform(3, 4, 5)], opset=11)
        onnx_case(operator, {}, [numbers([1e30, -1e30, 0], [-INFINITY, 1, 2], [5, 5, 5])])
    onnx_case("Dropout", {}, [uniform(3, 4)])


def arithmetic():
    for a, b in [((3, 4), (3, 4)), ((2, 1, 5), (3, 1)), ((), (2, 3)), ((2, 0), (1,))]:
        onnx_case("Pow", {}, [uniform(*a, low=0.5, high=2), uniform(*b, low=-2, high=2)])
        for operator in ["Min", "Max"]:
            onnx_case(operator, {}, [uniform(*a), uniform(*b)])
    onnx_case("Pow", {}, [numbers(-2, -1.5, 0, 2, 0), numbers(3, 2, 0, -1, 2)])
    onnx_case("Pow", {}, [uniform(3, 4), whole(4, low=0, high=4)])
    onnx_case("Pow", {}, [whole(3, 4), whole(4, low=0, high=4)])
    for operator in ["Min", "Max"]:
        onnx_case(operator, {}, [uniform(2, 3), uniform(3), uniform(2, 1)])
        onnx_case(operator, {}, [numbers(1, NAN, 3, INFINITY), numbers(NAN, 2, -INFINITY, 4)])
        onnx_case(operator, {}, [uniform(2, 3)])
    for kind in [np.int32, np.int64]:
        for operator in ["Min", "Max", "Add", "Sub", "Mul"]:
            onnx_case(operator, {}, [whole(3, 1, 5, kind=kind), whole(4, 1, kind=kind)])
        a, b = whole(4, 5, kind=kind), whole(5, low=1, kind=kind) * np.array([1, -1, 1, -1, 1], kind)
        onnx_case("Div", {}, [a, b])
        for fmod in [0, 1]:
            onnx_case("Mod", {"fmod": fmod}, [a, b])
    onnx_case("Mod", {"fmod": 1}, [uniform(4, 5, low=-9, high=9), uniform(5, low=1, high=3)])
    onnx_case("Mod", {"fmod": 1}, [numbers(-4.3, 7.2, 5.0, 4.3), numbers(2.1, -3.4, 8.0, INFINITY)])
    low, high = np.float32(-0.5), np.float32(0.25)
    for bounds in [[low, high], [None, high], [low], []]:
        onnx_case("Clip", {}, [uniform(3, 5)] + [None if bound is None else np.array(bound) for bound in bounds])
    # The highest decides where the bounds are the wrong way round.
    onnx_case("Clip", {}, [uniform(3, 5), np.array(high), np.array(low)])
    onnx_case("Clip", {"min": -0.5, "max": 0.25}, [uniform(3, 5)], opset=9)
    for kind in [np.int32, np.int64]:
        onnx_case("Clip", {}, [whole(3, 5, kind=kind), np.array(-3, kind), np.array(4, kind)])
    for operator in ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"]:
        for a, b in [(whole(3, 5, low=-2, high=3), whole(5, low=-2, high=3)),
                     (whole(2, 1, 4, low=-2, high=3, kind=np.int32), whole(3, 1, low=-2, high=3, kind=np.int32)),
                     (numbers(1, 2, NAN, INFINITY, 0), numbers(1, 3, NAN, INFINITY, -0.0)), (uniform(2, 0), uniform(1))]:
            onnx_case(operator, {}, [a, b])
    onnx_case("Equal", {}, [truths(3, 4), truths(4)])
    for operator in ["And", "Or", "Xor"]:
        for a, b in [((3, 4), (3, 4)), ((2, 1, 3), (5, 1))]:
            onnx_case(operator, {}, [truths(*a), truths(*b)])
    onnx_case("Not", {}, [truths(3, 5)])
    for kind in [np.float32, np.int32, np.int64]:
        onnx_case("Where", {}, [truths(3, 1), whole(1, 4, kind=kind), whole(2, 3, 4, kind=kind)])


def reductions():
    for operator in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceProd", "ReduceSumSquare"]:
        for axes, keeps in [([1], 1), ([0, 2], 0), ([-1], 0), ([2, 1], 1)]:
            onnx_case(operator, {"keepdims": keeps}, [uniform(3, 4, 5, low=-0.5), integers(*axes)], opset=18, constants=[1])
        for keeps in [0, 1]:
            onnx_case(operator, {"keepdims": keeps}, [uniform(3, 4, 5, low=-0.5)], opset=18)
        onnx_case(operator, {"noop_with_empty_axes": 1}, [uniform(3, 4), integers()], opset=18, constants=[1])
        if operator != "ReduceSum":
            onnx_case(operator, {"axes": [0, 1], "keepdims": 0}, [uniform(3, 4, 5)], opset=11)
        if operator in ["ReduceSum", "ReduceProd", "ReduceL2", "ReduceSumSquare"]:
            onnx_case(operator, {"keepdims": 0}, [uniform(3, 0, 2), integers(1)], opset=18, constants=[1])
        if operator not in ["ReduceL2"]:
            for kind in [np.int32, np.int64]:
                onnx_case(operator, {"keepdims": 0}, [whole(3, 5, low=-4, high=5, kind=kind), integers(-1)], opset=18, constants=[1])
        x = uniform(3, 4)
        x[1, 2] = NAN
        if operator in ["ReduceMax", "ReduceMin"]:
            # ONNX Runtime passes over NaN, or does not, as its loop happens to go; PyTorch keeps it.
            extreme = {"ReduceMax": torch.amax, "ReduceMin": torch.amin}[operator](torch.tensor(x), 1)
            node_case("torch", operator, {"keepdims": 0}, [x, integers(1)], [extreme.numpy()], opset=18, constants=[1])
        else:
            onnx_case(operator, {"keepdims": 0}, [x, integers(1)], opset=18, constants=[1])
    for axis in [0, 1, -1]:
        for last in [0, 1]:
            onnx_case("ArgMax", {"axis": axis, "keepdims": 1 - last, "select_last_index": last},
                      [whole(3, 4, 5, low=-2, high=3, kind=np.float32)])
    for kind in [np.int32, np.int64]:
        onnx_case("ArgMax", {"axis": 1}, [whole(3, 7, kind=kind)])


def movements():
    for axis, shapes in [(0, [(2, 3), (1, 3), (4, 3)]), (1, [(2, 3, 1), (2, 2, 1)]), (-1, [(2, 3), (2, 0), (2, 5)])]:
        onnx_case("Concat", {"axis": axis}, [uniform(*shape) for shape in shapes])
    for kind in [np.int32, np.int64]:
        onnx_case("Concat", {"axis": -1}, [whole(3, 2, kind=kind), whole(3, 1, kind=kind)])
    for axis, shape, sizes in [(0, (6, 2), [1, 3, 2]), (-1, (2, 7), [3, 0, 4]), (1, (2, 5, 3), [4, 1])]:
        onnx_case("Split", {"axis": axis}, [uniform(*shape), integers(*sizes)], outputs=len(sizes), constants=[1])
    for shape, parts in [((6, 3), 3), ((7, 3), 3)]:
        onnx_case("Split", {"axis": 0, "num_outputs": parts}, [uniform(*shape)], outputs=parts)
    onnx_case("Split", {"axis": 1}, [whole(2, 6)], opset=13, outputs=2)
    onnx_case("Split", {"axis": 1, "split": [2, 4]}, [uniform(2, 6)], opset=11, outputs=2)
    for shape, parts in [
        ((5, 7), ([1, 0], [4, 7], None, [2, 3])), ((5, 7), ([-1, 5], [-6, 1], [0, 1], [-1, -2])), ((4, 6), ([-3], [2**63 - 1], [-1], None)),
        ((4, 6), ([9], [-(2**63)], [0], [-3])), ((4, 6), ([3], [1], [1], [1])), ((4, 6, 2), ([0, 1], [100, -1], [0, 1], [1, 2])),
    ]:
        given = [None if part is None else integers(*part) for part in parts]
        places = [index + 1 for index, part in enumerate(parts) if part is not None]
        onnx_case("Slice", {}, [uniform(*shape)] + given, constants=places)
    onnx_case("Slice", {}, [whole(7, 3), integers(5), integers(0), integers(0), integers(-2)], constants=[1, 2, 3, 4])
    onnx_case("Slice", {"starts": [1, -2], "ends": [3, 9], "axes": [0, 1]}, [uniform(4, 5)], opset=9)
    for mode in ["constant", "reflect", "edge", "wrap"]:
        onnx_case("Pad", {"mode": mode}, [uniform(4, 5), integers(2, 1, 1, 3)], constants=[1])
        onnx_case("Pad", {"mode": mode}, [uniform(2, 3, 4, 3), integers(0, 0, 1, 2, 0, 0, 3, 0)], constants=[1])
        onnx_case("Pad", {"mode": mode}, [whole(3, 5), integers(2, 1), None, integers(-1)], constants=[1, 3])
    onnx_case("Pad", {}, [uniform(3, 5), integers(1, 0, 0, 2), np.array(np.float32(0.75))], constants=[1, 2])
    onnx_case("Pad", {}, [uniform(3, 5), integers(-1, 2, 0, -3)], constants=[1])
    onnx_case("Pad", {"pads": [1, 0, 0, 2], "value": -1.5}, [uniform(3, 2)], opset=9)
    onnx_case("Pad", {}, [uniform(0, 2), integers(1, 0, 2, 1)], constants=[1])
    onnx_case("Squeeze", {}, [uniform(1, 3, 1, 2), integers(0, -2)], constants=[1])
    onnx_case("Squeeze", {}, [uniform(1, 3, 1)])
    onnx_case("Squeeze", {"axes": [2]}, [uniform(1, 3, 1)], opset=11)
    onnx_case("Unsqueeze", {}, [uniform(3, 2), integers(0, -1, 2)], constants=[1])
    onnx_case("Unsqueeze", {"axes": [1]}, [whole(3, 2)], opset=11)
    for shape, wanted in [((3, 1), [2, 1, 4]), ((1, 4), [3, 1]), ((), [2, 3]), ((2, 1), [2, 0])]:
        onnx_case("Expand", {}, [uniform(*shape), integers(*wanted)], constants=[1])
    for shape, repeats in [((2, 3), [2, 1]), ((2, 1, 3), [1, 4, 2]), ((3,), [0])]:
        onnx_case("Tile", {}, [uniform(*shape), integers(*repeats)], constants=[1])
        onnx_case("Tile", {}, [whole(*shape), integers(*repeats)], constants=[1])
    for attributes in [{}, {"start": 1}, {"start": -2, "end": -1}, {"start": 1, "end": 99}]:
        onnx_case("Shape", attributes, [uniform(2, 0, 3, 4)])
    for value in [None, numbers(1.5), integers(-7), np.array([3], np.int32), np.array([True])]:
        attributes = {} if value is None else {"value": numpy_helper.from_array(value)}
        onnx_case("ConstantOfShape", attributes, [integers(2, 3)], constants=[0])
    onnx_case("ConstantOfShape", {}, [integers(2, 0)], constants=[0])
    for first, limit, delta in [(0, 5, 1), (10, 1, -3), (3, 3, 1), (-2, 7, 2)]:
        for kind in [np.float32, np.int32, np.int64]:
            onnx_case("Range", {}, [np.array(value, kind) for value in [first, limit, delta]], constants=[0, 1, 2])
    onnx_case("Range", {}, [np.array(np.float32(value)) for value in [0.5, 2.75, 0.5]], constants=[0, 1, 2])
    for axis, shape, at in [(0, (5, 3), [[0, -1], [3, 3]]), (1, (2, 4, 3), [3, 0, -4]), (-1, (3, 4), 2), (0, (4, 2), [])]:
        for kind in [np.int32, np.int64]:
            onnx_case("Gather", {"axis": axis}, [uniform(*shape), np.array(at, kind)])
    onnx_case("Gather", {}, [whole(7), integers(6, 0, 2)])
    for kind in [np.float32, np.int32, np.int64, np.bool_]:
        for target in [TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL]:
            onnx_case("Cast", {"to": target}, [whole(3, 5, low=-2, high=3).astype(kind)])
    onnx_case("Cast", {"to": TensorProto.INT64}, [numbers(-2.9, -0.5, 0.5, 1.99, 1e6)])
    onnx_case("Cast", {"to": TensorProto.BOOL}, [numbers(0, -0.0, NAN, 0.1, INFINITY)])
    onnx_case("Cast", {"to": TensorProto.INT32}, [integers(2**32 + 5, -1, 2**31)])


def resizing():
    coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"]
    sizes = [(6, 10), (3, 4), (1, 7)]
    for mode, attributes in [
        ("nearest", {"nearest_mode": "round_prefer_floor"}), ("nearest", {"nearest_mode": "round_prefer_ceil"}),
        ("nearest", {"nearest_mode": "floor"}), ("nearest", {"nearest_mode": "ceil"}), ("linear", {}), ("cubic", {}),
        ("cubic", {"cubic_coeff_a": -0.5, "exclude_outside": 1}),
    ]:
        for place in coordinates:
            if attributes.get("exclude_outside") and place == "align_corners":
                continue
            for size in sizes[:1 if mode == "nearest" else 2]:
                onnx_case("Resize", {"mode": mode, "coordinate_transformation_mode": place, **attributes},
                          [uniform(1, 2, 4, 5), None, None, integers(1, 2, *size)], opset=19, constants=[3])
    for mode in ["nearest", "linear", "cubic"]:
        onnx_case("Resize", {"mode": mode}, [uniform(1, 2, 4, 5), None, numbers(1, 1, 1.6, 0.7)], opset=19, constants=[2])
        onnx_case("Resize", {"mode": mode, "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 9.5},
                  [uniform(1, 1, 4, 5), numbers(0, 0, 0.2, 0.1, 1, 1, 0.9, 1.2), None, integers(1, 1, 3, 6)], opset=19, constants=[1, 3])
    for mode in ["linear", "cubic"]:
        for size in [(2, 3), (3, 7)]:
            onnx_case("Resize", {"mode": mode, "antialias": 1}, [uniform(1, 2, 6, 7), None, None, integers(1, 2, *size)], opset=19,
                      constants=[3])
    for policy in ["not_larger", "not_smaller"]:
        onnx_case("Resize", {"mode": "nearest", "axes": [2, 3], "keep_aspect_ratio_policy": policy},
                  [uniform(1, 2, 4, 6), None, None, integers(7, 8)], opset=19, constants=[3])
    onnx_case("Resize", {"mode": "linear"}, [uniform(1, 2, 5), None, None, integers(1, 2, 8)], opset=19, constants=[3])
    onnx_case("Resize", {"mode": "linear"}, [uniform(1, 1, 3, 4), numbers(1, 1, 2, 1.5)], opset=10, constants=[1])
    onnx_case("Upsample", {"mode": "nearest"}, [uniform(1, 2, 3, 2), numbers(1, 1, 2, 3)], opset=9, constants=[1])


def losses():
    for reduction in ["none", "mean", "sum"]:
        for shape, has_weights, ignored in [((5, 7), False, None), ((5, 7), True, None), ((4, 3, 2, 5), True, 1), ((3, 4, 6), False, 2)]:
            attributes = {"reduction": reduction} if ignored is None else {"reduction": reduction, "ignore_index": ignored}
            targets = random.integers(0, shape[1], (shape[0],) + shape[2:]).astype(np.int64)
            weights = [uniform(shape[1], low=0.5, high=2)] if has_weights else []
            logits = uniform(*shape, low=-4, high=4)
            for operator in ["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"]:
                x = torch.log_softmax(torch.tensor(logits), 1).numpy() if operator == "NegativeLogLikelihoodLoss" else logits
                onnx_case(operator, attributes, [x, targets] + weights, opset=13)
    onnx_case("SoftmaxCrossEntropyLoss", {}, [uniform(3, 5), integers(4, 0, 2)], opset=13, outputs=2)


if __name__ == "__main__":
    start()
    for part in [convolutions, normalizations, functions, arithmetic, reductions, movements, resizing, losses]:
        part()
    write("nodes", "tools/goldens/nodes.py")

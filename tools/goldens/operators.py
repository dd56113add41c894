#!/usr/bin/env python3
"""Writes Tests/EngineTests/Goldens/operators.*: what ONNX Runtime and PyTorch compute for the layers of convolutional networks.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch==2.13.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
    /tmp/goldens/bin/python tools/goldens/operators.py [DIRECTORY]

Versions: torch 2.13.0 (CPU), onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6. Seed 20260101.

The cases stand in the .json, their tensors in the .bin: little-endian, one after the other; then the ONNX models of the cases that are
a node, whose inputs are called by their places and which hold those that are constants. nodes.py, recurrent.py and gradients.py extend
this.
"""
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

VERSIONS = {"torch": "2.13.0", "onnx": "1.23.2", "onnxruntime": "1.32.0", "numpy": "2.4.6"}
SEED = 20260101
random = np.random.default_rng(SEED)
blob = bytearray()
cases = []
models = []
KINDS = {"f16": "<f2", "i8": "<i1", "u8": "<u1", "i32": "<i4", "i64": "<i8", "bool": "|b1"}


def put(array):
    """Appends a tensor; gives where it lies."""
    array = np.asarray(array)
    kind = next((name for name, kind in KINDS.items() if array.dtype == np.dtype(kind)), "f32")
    array = array.astype(KINDS.get(kind, "<f4"))
    place = {"type": kind, "shape": list(array.shape), "offset": len(blob)}
    blob.extend(array.tobytes())
    return place


def case(source, operator, attributes, inputs, outputs, constants=(), model=None):
    cases.append({
        "source": source, "operator": operator, "attributes": attributes,
        "inputs": [None if tensor is None else put(tensor) for tensor in inputs],
        "constants": list(constants),
        "outputs": [put(tensor) for tensor in outputs],
    })
    if model:
        models.append((cases[-1], model))


def uniform(*shape, low=-1.0, high=1.0):
    return random.uniform(low, high, shape).astype(np.float32)


def node_model(operator, attributes, inputs, opset, outputs, constants):
    """A node as a model; `outputs` are the types of its outputs, or None for each."""
    kinds = [None if tensor is None else helper.np_dtype_to_tensor_dtype(tensor.dtype) for tensor in inputs]
    names = ["" if tensor is None else f"{index}" for index, tensor in enumerate(inputs)]
    node = helper.make_node(operator, names, [f"o{index}" for index in range(len(outputs))], **attributes)
    graph = helper.make_graph(
        [node], "case",
        [helper.make_tensor_value_info(name, kinds[index], inputs[index].shape)
         for index, name in enumerate(names) if name and index not in constants],
        [helper.make_tensor_value_info(f"o{index}", kind, None) if kind else onnx.ValueInfoProto(name=f"o{index}")
         for index, kind in enumerate(outputs)],
        [numpy_helper.from_array(inputs[index], names[index]) for index in constants if names[index]])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def node_case(source, operator, attributes, inputs, results, opset, constants=()):
    """One node whose results are given."""
    kinds = [helper.np_dtype_to_tensor_dtype(result.dtype) for result in results]
    model = node_model(operator, attributes, inputs, opset, kinds, constants)
    case(source, operator, attributes, inputs, results, constants, model.SerializeToString(deterministic=True))


def onnx_case(operator, attributes, inputs, opset=21, outputs=1, constants=()):
    """One node, run by ONNX Runtime without optimisations."""
    model = node_model(operator, attributes, inputs, opset, [None] * outputs, constants)
    given = {f"{index}": tensor for index, tensor in enumerate(inputs) if tensor is not None and index not in constants}
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    node_case("onnxruntime", operator, attributes, inputs, session.run(None, given), opset, constants)


def onnx_cases():
    for operator in ["Add", "Sub", "Mul", "Div"]:
        for a, b in [((2, 3, 4, 5), (3, 1, 1)), ((5,), (4, 5)), ((2, 1, 4), (3, 1)), ((), (2, 2))]:
            onnx_case(operator, {}, [uniform(*a), uniform(*b, low=0.5, high=2)])
    for attributes, size, channels, outputs in [
        ({}, (6, 7), 3, 4), ({"strides": [2, 2], "pads": [1, 1, 1, 1]}, (9, 8), 17, 16),
        ({"dilations": [2, 3], "pads": [2, 0, 1, 3]}, (9, 8), 2, 3),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 3]}, (9, 8), 3, 5), ({"auto_pad": "SAME_LOWER", "strides": [2, 2]}, (8, 8), 3, 5),
        ({"auto_pad": "SAME_LOWER"}, (8, 8), 3, 5), ({"auto_pad": "VALID"}, (5, 5), 2, 2),
        ({"group": 2, "pads": [1, 1, 1, 1]}, (5, 6), 8, 6), ({"group": 16, "pads": [1, 1, 1, 1], "strides": [2, 1]}, (5, 6), 16, 16),
        ({"group": 4, "pads": [1, 1, 1, 1]}, (5, 6), 4, 8),
    ]:
        groups = attributes.get("group", 1)
        for kernel in [(3, 3), (2, 4)]:
            if groups > 1 and kernel == (2, 4):
                continue
            onnx_case("Conv", {"kernel_shape": list(kernel), **attributes},
                      [uniform(2, channels, *size), uniform(outputs, channels // groups, *kernel), uniform(outputs)])
    for attributes in [
        {"strides": [2, 2]}, {"strides": [2, 2], "ceil_mode": 1}, {"strides": [2, 2], "pads": [1, 1, 1, 1]},
        {"strides": [2, 2], "pads": [1, 1, 1, 1], "ceil_mode": 1}, {"strides": [1, 2], "pads": [0, 1, 1, 0]},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, {"auto_pad": "SAME_LOWER", "strides": [2, 2]}, {"dilations": [2, 1]},
    ]:
        for kernel in [[2, 2], [3, 2]]:
            x = uniform(2, 5, 7, 6)
            onnx_case("MaxPool", {"kernel_shape": kernel, **attributes}, [x])
            for count in [0, 1]:
                onnx_case("AveragePool", {"kernel_shape": kernel, "count_include_pad": count, **attributes}, [x])
    onnx_case("GlobalAveragePool", {}, [uniform(3, 5, 4, 6)])
    for shape in [(2, 5, 3, 4), (6, 7)]:
        each = shape[1]
        onnx_case("BatchNormalization", {"epsilon": 1e-3},
                  [uniform(*shape), uniform(each), uniform(each), uniform(each), uniform(each, low=0.5, high=2)])
    for a in [0, 1]:
        for b in [0, 1]:
            for c in [None, (5,), (3, 1), (3, 5), (1, 1), ()]:
                onnx_case("Gemm", {"transA": a, "transB": b, "alpha": 0.5, "beta": 2.0},
                          [uniform(*((4, 3) if a else (3, 4))), uniform(*((5, 4) if b else (4, 5))),
                           None if c is None else uniform(*c)])
    for a, b in [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 1, 3, 4), (3, 4, 5)), ((4,), (4, 5)), ((2, 3, 4), (4,)), ((4,), (4,))]:
        onnx_case("MatMul", {}, [uniform(*a), uniform(*b)])
    onnx_case("Relu", {}, [uniform(3, 7)])
    for axis in [-1, 0, 1, 2]:
        onnx_case("Softmax", {"axis": axis}, [uniform(2, 5, 4, low=-4, high=4)])
    for axis in [0, 1, 3, -1]:
        onnx_case("Flatten", {"axis": axis}, [uniform(2, 3, 4)])
    for perm in [[2, 0, 1], [1, 0, 2], [0, 2, 1]]:
        onnx_case("Transpose", {"perm": perm}, [uniform(2, 3, 4)])
    onnx_case("Transpose", {}, [uniform(2, 3, 4, 5)])
    for shape, zero in [([4, -1], 0), ([0, -1], 0), ([0, 0, 2, -1], 0)]:
        onnx_case("Reshape", {"allowzero": zero}, [uniform(2, 3, 4), np.array(shape, np.int64)], constants=[1])


def leaf(array):
    return torch.tensor(array, requires_grad=True)


def gradient_cases():
    for images, channels, outputs, size, kernel, strides, pads, dilations, groups in [
        (2, 3, 4, (6, 7), (3, 3), (1, 1), (0, 0), (1, 1), 1), (2, 16, 17, (7, 6), (3, 3), (2, 2), (1, 1), (1, 1), 1),
        (1, 2, 3, (9, 9), (3, 2), (1, 2), (2, 1), (2, 3), 1), (3, 4, 6, (6, 6), (3, 3), (1, 1), (1, 1), (1, 1), 2),
        (2, 9, 6, (7, 5), (3, 3), (2, 1), (1, 1), (1, 1), 3), (2, 8, 8, (7, 6), (3, 3), (1, 1), (1, 1), (1, 1), 8),
        (2, 17, 17, (7, 6), (3, 3), (2, 2), (1, 1), (1, 1), 17), (1, 5, 5, (8, 8), (3, 3), (1, 1), (2, 2), (2, 2), 5),
        (1, 4, 8, (5, 5), (3, 3), (1, 1), (1, 1), (1, 1), 4), (2, 5, 7, (4, 4), (1, 1), (2, 2), (0, 0), (1, 1), 1),
        (1, 3, 4, (9, 9), (2, 2), (3, 3), (1, 0), (1, 1), 1), (1, 2, 3, (3, 3), (5, 5), (1, 1), (2, 2), (1, 1), 1),
    ]:
        x, w, b = leaf(uniform(images, channels, *size)), leaf(uniform(outputs, channels // groups, *kernel)), leaf(uniform(outputs))
        y = F.conv2d(x, w, b, strides, pads, dilations, groups)
        dy = uniform(*y.shape)
        y.backward(torch.tensor(dy))
        case("torch", "ConvGradients", {"strides": strides, "pads": pads, "dilations": dilations, "group": groups},
             [x.detach(), w.detach(), b.detach(), dy], [y.detach(), x.grad, w.grad, b.grad])
    for shape, momentum, epsilon in [((4, 5, 3, 4), 0.1, 1e-5), ((9, 7), 0.5, 1e-3), ((2, 17, 5, 5), 0.01, 1e-5)]:
        channels = shape[1]
        x, w, b = leaf(uniform(*shape, low=-1, high=3)), leaf(uniform(channels)), leaf(uniform(channels))
        mean, variance = uniform(channels), uniform(channels, low=0.5, high=2)
        new = torch.tensor(mean), torch.tensor(variance)
        y = F.batch_norm(x, *new, w, b, True, momentum, epsilon)
        dy = uniform(*shape)
        y.backward(torch.tensor(dy))
        case("torch", "BatchNormalizationTraining", {"momentum": 1 - momentum, "epsilon": epsilon},
             [x.detach(), w.detach(), b.detach(), mean, variance, dy], [y.detach(), new[0], new[1], x.grad, w.grad, b.grad])
    for rows, classes, smoothing in [(5, 7, 0.0), (5, 7, 0.1), (9, 33, 0.3), (1, 2, 0.0)]:
        logits = leaf(uniform(rows, classes, low=-4, high=4))
        targets = random.integers(0, classes, rows).astype(np.int64)
        loss = F.cross_entropy(logits, torch.tensor(targets), label_smoothing=smoothing)
        loss.backward()
        case("torch", "SoftmaxCrossEntropyGradient", {"smoothing": smoothing}, [logits.detach(), targets], [loss.detach(), logits.grad])
    for kind, arguments in [("MaxPool", (3, 2, 1)), ("AveragePool", (3, 2, 1)), ("MaxPool", (2, 2, 0)), ("AveragePool", (2, 2, 0))]:
        x = leaf(uniform(2, 5, 7, 6))
        if kind == "MaxPool":
            y = F.max_pool2d(x, *arguments)
        else:
            y = F.avg_pool2d(x, *arguments, count_include_pad=False)
        dy = uniform(*y.shape)
        y.backward(torch.tensor(dy))
        kernel, stride, pad = arguments
        case("torch", kind + "Gradients", {"kernel": kernel, "stride": stride, "pad": pad}, [x.detach(), dy], [y.detach(), x.grad])


def trajectory_cases():
    """Five steps; the gradients of each step are given, clipped together where a limit is set."""
    for kind, settings, limit in [
        ("SGD", {"momentum": 0.0, "weight_decay": 0.0, "nesterov": False}, None),
        ("SGD", {"momentum": 0.9, "weight_decay": 0.01, "nesterov": False}, None),
        ("SGD", {"momentum": 0.9, "weight_decay": 0.01, "nesterov": True}, 0.5),
        ("AdamW", {"betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01}, None),
        ("AdamW", {"betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.1}, 1.0),
    ]:
        weights = [leaf(uniform(5, 7)), leaf(uniform(11))]
        start = [weight.detach().clone() for weight in weights]
        optimizer = getattr(torch.optim, kind)(weights, lr=0.01, **settings)
        gradients, after, norms = [], [], []
        for step in range(5):
            for group in optimizer.param_groups:
                group["lr"] = 0.01 * (step + 1)
            for weight in weights:
                weight.grad = torch.tensor(uniform(*weight.shape))
                gradients.append(weight.grad.clone())
            norms.append(torch.nn.utils.clip_grad_norm_(weights, limit if limit else 1e9))
            optimizer.step()
            after += [weight.detach().clone() for weight in weights]
        case("torch", kind + "Trajectory", {**settings, "limit": limit or 1e9, "rate": 0.01}, start + gradients, after + norms)


def loss_cases():
    for weight, focus in [(1.0, 0.0), (3.0, 0.0), (2.0, 1.5)]:
        logits, targets = leaf(uniform(4, 7, low=-5, high=5)), torch.tensor(random.integers(0, 2, (4, 7)).astype(np.float32))
        if focus == 0:
            loss = F.binary_cross_entropy_with_logits(logits, targets, pos_weight=torch.tensor(weight))
        else:
            # Lin et al. 2017, equation 4.
            positive = torch.sigmoid(-logits) ** focus * F.logsigmoid(logits)
            negative = torch.sigmoid(logits) ** focus * F.logsigmoid(-logits)
            loss = -(weight * targets * positive + (1 - targets) * negative).mean()
        loss.backward()
        case("torch", "BinaryCrossEntropyGradient", {"positive_weight": weight, "focusing": focus},
             [logits.detach(), targets], [loss.detach(), logits.grad])
    x = leaf(uniform(3, 5, 2))
    loss = F.mse_loss(x, torch.zeros_like(x))
    loss.backward()
    case("torch", "MeanSquaresGradient", {}, [x.detach()], [loss.detach(), x.grad])


def start():
    for name, version in VERSIONS.items():
        found = sys.modules[name].__version__.split("+")[0]
        assert found == version, f"{name} {found}, wanted {version}"
    torch.manual_seed(SEED)
    torch.set_num_threads(1)


def plain(tensor):
    """A tensor among the attributes."""
    return numpy_helper.to_array(tensor).tolist()


def write(name, script):
    """Writes name.json and name.bin."""
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "Tests/EngineTests/Goldens")
    directory.mkdir(parents=True, exist_ok=True)
    for entry, model in models:
        entry["model"] = {"offset": len(blob), "byteCount": len(model)}
        blob.extend(model)
    text = {"script": script, "versions": VERSIONS, "seed": SEED, "cases": cases}
    # A case a line, so that a change shows in a comparison.
    lines = ",\n".join(json.dumps(entry, default=plain) for entry in cases)
    head = json.dumps({key: value for key, value in text.items() if key != "cases"})[:-1]
    (directory / f"{name}.json").write_text(f'{head}, "cases": [\n{lines}\n]}}\n')
    (directory / f"{name}.bin").write_bytes(blob)
    print(f"{len(cases)} cases, {len(blob)} bytes")


if __name__ == "__main__":
    start()
    onnx_cases()
    gradient_cases()
    trajectory_cases()
    loss_cases()
    write("operators", "tools/goldens/operators.py")

#!/usr/bin/env python3
"""Makes the golden files of Tests/ModelFilesTests/Goldens.

Needs numpy, onnx and onnxruntime (made with numpy 2.4.6, onnx 1.23.2 and onnxruntime 1.32.0). The safetensors files are put
together by hand, so that each of their bytes is known. Beside each model NAME.onnx lie NAME.input.npy, drawn from a fixed seed,
and NAME.output.npy, what onnxruntime makes of it (onnx's own reference evaluator differs where a pooling counts its padding).
The same versions give the same files.
"""

import argparse
import json
import pathlib
import struct
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ModelFilesTests" / "Goldens"


def npy(folder):
    """Every element type, both byte orders, both element orders, every version; values are 0, 1, 2, … of shape [2, 3]."""
    values = np.arange(6).reshape(2, 3)
    for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1"]:
        array = (values % 2 if kind == "b1" else values).astype(kind)
        for order, letter in [("<", "little"), (">", "big")]:
            if np.dtype(kind).itemsize == 1 and order == ">":
                continue
            np.save(folder / f"{kind}-{letter}.npy", array.astype(order + kind))
    for version in [(2, 0), (3, 0)]:
        with open(folder / f"version-{version[0]}.npy", "wb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.lib.format.write_array(file, values.astype("<f4"), version=version)
    np.save(folder / "scalar.npy", np.float32(2.5))
    np.save(folder / "vector.npy", np.arange(3, dtype="<f4"))
    np.save(folder / "empty.npy", np.zeros((0, 4), "<f4"))
    np.save(folder / "fortran.npy", np.asfortranarray(np.arange(24, dtype=">i2").reshape(2, 3, 4)))
    np.save(folder / "extremes.npy", np.array([-np.inf, np.nan, 1e300, 1e-300, 0.1], "<f8"))
    np.save(folder / "signed.npy", np.array([-1, -2**15, 2**15 - 1], "<i2"))
    np.save(folder / "unsigned.npy", np.array([0, 2**32 - 1], "<u4"))
    np.save(folder / "refused-u8.npy", np.arange(2, dtype="<u8"))
    np.save(folder / "refused-complex.npy", np.arange(2, dtype="<c8"))
    np.save(folder / "refused-text.npy", np.array(["ab"]))
    np.save(folder / "refused-record.npy", np.zeros(2, [("a", "<f4"), ("b", "<i4")]))


def safetensors(folder):
    """Every element type, and a text with what JSON escapes."""
    parts = [  # in the order of their bytes: widest first, then by name
        ("i64", "I64", [2], np.array([-1, 2**40], "<i8").tobytes()),
        ("f32", "F32", [1, 2], np.array([0.5, -2], "<f4").tobytes()),
        ("i32", "I32", [], np.array(-7, "<i4").tobytes()),
        ("bf16", "BF16", [2], struct.pack("<2H", 0x3FC0, 0xC000)),  # 1.5, -2
        ("f16", "F16", [2], np.array([1.5, -2], "<f2").tobytes()),
        ("bool", "BOOL", [2], bytes([0, 1])),
        ("empty", "U8", [0, 3], b""),
        ("i8", "I8", [2], bytes([0xFF, 0x7F])),
        ("u8", "U8", [3], bytes([0, 127, 255])),
    ]
    entries, data = {"__metadata__": {"labels": "yes\n\"no\"\\", "épreuve": "ü"}}, b""
    for name, dtype, shape, content in parts:
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    header = json.dumps(dict(sorted(entries.items())), ensure_ascii=False, separators=(",", ":"))
    header = header.replace("\\n", "\\u000a").encode()
    header += b" " * (-len(header) % 8)
    (folder / "every-type.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + data)


def numbers(*shape, seed=0):
    """Normal numbers that are the same each time, with few digits."""
    return np.round(np.random.RandomState(seed).randn(*shape), 2).astype(np.float32)


def listed(name, array, data_type):
    """An initializer whose elements stand in the typed fields, not as raw bytes."""
    return helper.make_tensor(name, data_type, array.shape, array.flatten().tolist())


def models(folder):
    """Models in forms that exporters write and we do not."""

    def save(name, opset, nodes, shape, initializers, rank=2, dims=None, extra_inputs=(), ordered=True):
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, dims or shape)
        inputs = [x] + [helper.make_tensor_value_info(i.name, i.data_type, list(i.dims)) for i in extra_inputs]
        y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * rank)
        graph = helper.make_graph(nodes, name, inputs, [y], initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=4 if opset < 12 else 8)
        model.metadata_props.append(onnx.StringStringEntryProto(key="made by", value="files.py"))
        if ordered:
            onnx.checker.check_model(model)
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
        image = numbers(*shape, seed=len(name))
        in_order = onnx.ModelProto()
        in_order.CopyFrom(model)
        if not ordered:
            in_order.graph.ClearField("node")
            in_order.graph.node.extend(reversed(model.graph.node))
        session = onnxruntime.InferenceSession(in_order.SerializeToString())
        np.save(folder / f"{name}.input.npy", image)
        np.save(folder / f"{name}.output.npy", session.run(None, {"x": image})[0])

    node = helper.make_node
    raw = numpy_helper.from_array

    # Opset 9: initializers among the inputs, a size with a name, SAME padding, Reshape, Softmax of old.
    weights = [raw(numbers(4, 1, 3, 3), "w"), raw(numbers(4), "b"), raw(np.array([0, -1]), "shape"), raw(numbers(16 * 4, 3), "d")]
    nodes = [
        node("Conv", ["x", "w", "b"], ["c"], "conv", kernel_shape=[3, 3], auto_pad="SAME_UPPER", strides=[2, 2]),
        node("Relu", ["c"], ["r"], "relu"),
        node("Reshape", ["r", "shape"], ["f"], "reshape"),
        node("MatMul", ["f", "d"], ["m"], "matmul"),
        node("Softmax", ["m"], ["y"], "softmax"),
    ]
    save("opset-9", 9, nodes, [2, 1, 8, 8], weights, dims=["batch", 1, 8, 8], extra_inputs=weights)

    # Opset 11: constants as nodes, weights listed as numbers, Identity, Dropout with its rate as an attribute.
    nodes = [
        node("Constant", [], ["two"], value=raw(np.array(2, np.float32))),
        node("Identity", ["x"], ["i"]),
        node("Mul", ["i", "two"], ["m"]),
        node("Gemm", ["m", "w", "b"], ["g"], alpha=0.5, transB=1),
        node("Add", ["g", "c"], ["a"]),
        node("Dropout", ["a"], ["y", ""], ratio=0.25),
    ]
    weights = [listed(n, numbers(*s, seed=i), TensorProto.FLOAT) for i, (n, s) in enumerate([("w", (3, 4)), ("b", (3,)), ("c", (3,))])]
    save("opset-11", 11, nodes, [2, 4], weights)

    # Opset 13: nodes out of order, no batch size at all, pools, normalisation, Dropout with inputs, one of them left out.
    weights = [raw(np.abs(numbers(2, seed=i)) + 0.5, n) for i, n in enumerate(["scale", "bias", "mean", "variance"])]
    nodes = [
        node("Dropout", ["g", "", "training"], ["y"], "dropout"),
        node("GlobalAveragePool", ["p"], ["g"], "global"),
        node("AveragePool", ["q"], ["p"], "average", kernel_shape=[2, 2], pads=[0, 0, 1, 1], count_include_pad=1),
        node("MaxPool", ["n"], ["q"], "max", kernel_shape=[3, 2], strides=[2, 1], ceil_mode=1),
        node("BatchNormalization", ["x", "scale", "bias", "mean", "variance"], ["n"], "normalize", epsilon=0.01),
    ]
    weights.append(raw(np.array(False), "training"))
    save("opset-13", 13, nodes, [3, 2, 9, 7], weights, rank=4, dims=[None, 2, None, None], ordered=False)

    # Opset 21: what the newest exporters write.
    weights = [raw(numbers(4, 2, 3, 1), "w"), raw(np.array([-1, 6]), "shape")]
    nodes = [
        node("Transpose", ["x"], ["t"], "transpose", perm=[0, 3, 1, 2]),
        node("Conv", ["t", "w"], ["c"], "conv", group=2, pads=[1, 0, 1, 0], dilations=[1, 1]),
        node("AveragePool", ["c"], ["p"], "pool", kernel_shape=[2, 2], dilations=[2, 1]),
        node("Reshape", ["p", "shape"], ["r"], "reshape", allowzero=0),
        node("Softmax", ["r"], ["y"], "softmax", axis=0),
    ]
    save("opset-21", 21, nodes, [1, 5, 4, 4], weights, dims=["batch", 5, 4, 4])

    # Operators that are not there yet in the opset that we write.
    weights = [raw(numbers(6, seed=1), "scale"), raw(numbers(6, seed=2), "shift")]
    nodes = [
        node("GroupNormalization", ["x", "scale", "shift"], ["n"], "groups", num_groups=3, epsilon=0.01),
        node("Gelu", ["n"], ["g"], "gelu"),
        node("Gelu", ["g"], ["y"], "tanh", approximate="tanh"),
    ]
    save("later", 21, nodes, [2, 6, 4, 5], weights, rank=4, dims=["batch", 6, 4, 5])


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, make in [("npy", npy), ("safetensors", safetensors), ("models", models)]:
        folder = GOLDENS / name
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)


if __name__ == "__main__":
    main()

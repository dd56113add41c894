#!/usr/bin/env python3
"""Writes Tests/EngineTests/Goldens/narrow.*: what ONNX Runtime computes for DequantizeLinear, and for an LSTM whose weights take 16 bits or 8.

    /tmp/goldens/bin/python tools/goldens/narrow.py [DIRECTORY]

Versions, seed and format as tools/goldens/operators.py, which this extends. Of the LSTMs the inputs are X, W, R, B, h, c, and the scales of
W and R where they are integers.
"""
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from operators import case, onnx_case, random, start, uniform, write


def integers(kind, *shape):
    bounds = np.iinfo(kind)
    return random.integers(bounds.min, bounds.max + 1, shape).astype(kind)


def dequantize_cases():
    for kind in [np.int8, np.uint8]:
        onnx_case("DequantizeLinear", {}, [integers(kind, 4, 5), uniform(low=0.01, high=1)])
        onnx_case("DequantizeLinear", {}, [integers(kind, 4, 5), uniform(low=0.01, high=1), integers(kind)])
        for axis, count in [(0, 3), (1, 4), (-1, 6)]:
            onnx_case("DequantizeLinear", {"axis": axis}, [integers(kind, 3, 4, 6), uniform(count, low=0.01, high=1)])
            onnx_case("DequantizeLinear", {"axis": axis},
                      [integers(kind, 3, 4, 6), uniform(count, low=0.01, high=1), integers(kind, count)])


def lstm_cases():
    steps, rows, inputs, units = 6, 3, 20, 24
    for kind in ["f16", "i8"]:
        for direction in ["forward", "bidirectional"]:
            passes = 2 if direction == "bidirectional" else 1
            x, b = uniform(steps, rows, inputs), uniform(passes, 8 * units, low=-0.5, high=0.5)
            states = [uniform(passes, rows, units) for _ in range(2)]
            weights = [uniform(passes, 4 * units, depth, low=-0.3, high=0.3) for depth in [inputs, units]]
            constants, scales, nodes = [numpy_helper.from_array(b, "B")], [], []
            for name, weight in zip("WR", weights):
                if kind == "f16":
                    number = weight.astype(np.float16)
                    nodes.append(helper.make_node("Cast", [name + "n"], [name], to=TensorProto.FLOAT))
                else:
                    scale = (np.abs(weight).max(axis=(0, 2)) / 127).astype(np.float32)
                    number = np.rint(weight / scale[None, :, None]).astype(np.int8)
                    scales.append(scale)
                    constants.append(numpy_helper.from_array(scale, name + "s"))
                    nodes.append(helper.make_node("DequantizeLinear", [name + "n", name + "s"], [name], axis=1))
                weights["WR".index(name)] = number
                constants.append(numpy_helper.from_array(number, name + "n"))
            nodes.append(helper.make_node("LSTM", ["X", "W", "R", "B", "", "h", "c"], ["Y", "Yh", "Yc"],
                                          hidden_size=units, direction=direction))
            given = {"X": x, "h": states[0], "c": states[1]}
            graph = helper.make_graph(
                nodes, "case", [helper.make_tensor_value_info(n, TensorProto.FLOAT, v.shape) for n, v in given.items()],
                [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ["Y", "Yh", "Yc"]], constants)
            model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
            session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
            case("onnxruntime", f"LSTM {kind}", {"direction": direction}, [x, *weights, b, *states, *scales],
                 session.run(None, given))


if __name__ == "__main__":
    start()
    dequantize_cases()
    lstm_cases()
    write("narrow", "tools/goldens/narrow.py")

"""Writes an ONNX network of three dense layers, 30 to 64 to 32 to 1, with relu between: the size that tables ask for.

usage: dense.py FILE
"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTHS = [30, 64, 32, 1]


def network():
    random = numpy.random.default_rng(1)
    nodes, weights, value = [], [], "input"
    last = len(WIDTHS) - 2
    for layer, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        weight = random.normal(0, numpy.sqrt(2 / inputs), (outputs, inputs)).astype(numpy.float32)
        weights += [numpy_helper.from_array(weight, f"weight_{layer}"),
                    numpy_helper.from_array(random.normal(0, 0.1, outputs).astype(numpy.float32), f"bias_{layer}")]
        result = "output" if layer == last else f"sum_{layer}"
        nodes.append(helper.make_node("Gemm", [value, f"weight_{layer}", f"bias_{layer}"], [result], transB=1))
        if layer < last:
            value = f"value_{layer}"
            nodes.append(helper.make_node("Relu", [result], [value]))
    graph = helper.make_graph(
        nodes, "dense", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", WIDTHS[0]])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", WIDTHS[-1]])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    onnx.save(network(), sys.argv[1])

"""Writes an ONNX network of four 3x3 convolutions of stride 1 in a row, each with bias and relu.

usage: convolutions.py CHANNELS PIXELS FILE

Weights are random, of the size that keeps the numbers' spread (He et al. 2015). Four, so that what a
library does to the layout of images at its doors counts as little as it does in a network.
"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS = 4


def network(channels, pixels):
    random = numpy.random.default_rng(1)
    nodes, weights, value = [], [], "input"
    for layer in range(LAYERS):
        weight = random.normal(0, numpy.sqrt(2 / (9 * channels)), (channels, channels, 3, 3))
        weights += [numpy_helper.from_array(weight.astype(numpy.float32), f"weight_{layer}"),
                    numpy_helper.from_array(random.normal(0, 0.1, channels).astype(numpy.float32), f"bias_{layer}")]
        nodes.append(helper.make_node("Conv", [value, f"weight_{layer}", f"bias_{layer}"], [f"sum_{layer}"],
                                      kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
        value = "output" if layer == LAYERS - 1 else f"value_{layer}"
        nodes.append(helper.make_node("Relu", [f"sum_{layer}"], [value]))
    shape = ["batch", channels, pixels, pixels]
    graph = helper.make_graph(nodes, "convolutions", [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    onnx.save(network(int(sys.argv[1]), int(sys.argv[2])), sys.argv[3])

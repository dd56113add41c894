"""Writes an ONNX network of the convolution that networks for photos begin with: 7x7, stride 2, 3 to 32 channels, bias and relu.

usage: stem.py FILE
"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

PIXELS, CHANNELS, KERNEL = 150, 32, 7


def network():
    random = numpy.random.default_rng(1)
    weight = random.normal(0, numpy.sqrt(2 / (3 * KERNEL * KERNEL)), (CHANNELS, 3, KERNEL, KERNEL))
    weights = [numpy_helper.from_array(weight.astype(numpy.float32), "weight"),
               numpy_helper.from_array(random.normal(0, 0.1, CHANNELS).astype(numpy.float32), "bias")]
    nodes = [helper.make_node("Conv", ["input", "weight", "bias"], ["sum"], kernel_shape=[KERNEL, KERNEL], strides=[2, 2]),
             helper.make_node("Relu", ["sum"], ["output"])]
    output = (PIXELS - KERNEL) // 2 + 1
    graph = helper.make_graph(
        nodes, "stem", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, PIXELS, PIXELS])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", CHANNELS, output, output])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    onnx.save(network(), sys.argv[1])

"""Writes DS-CNN (Zhang et al. 2017, arXiv 1711.07128, the small one) as an ONNX network with random weights.

usage: depthwise.py FILE

Images of 49 frames and 10 coefficients; a convolution of 10x4 with stride 2 to 64 channels; four times a depthwise
3x3 and a 1x1 convolution; each with batch normalisation and relu; mean over the image; a dense layer to 12 words.
"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS, BLOCKS, WORDS = 64, 4, 12


def network():
    random = numpy.random.default_rng(1)
    nodes, weights = [], []

    def weight(values):
        weights.append(numpy_helper.from_array(values.astype(numpy.float32), f"weight_{len(weights)}"))
        return weights[-1].name

    def node(operation, inputs, **attributes):
        nodes.append(helper.make_node(operation, inputs, [f"value_{len(nodes)}"], **attributes))
        return nodes[-1].output[0]

    def convolution(value, shape, **attributes):
        spread = numpy.sqrt(2 / numpy.prod(shape[1:]))
        value = node("Conv", [value, weight(random.normal(0, spread, shape))], kernel_shape=shape[2:], **attributes)
        statistics = [random.uniform(0.5, 1.5, CHANNELS), random.normal(0, 0.1, CHANNELS),
                      random.normal(0, 0.1, CHANNELS), random.uniform(0.5, 1.5, CHANNELS)]
        return node("Relu", [node("BatchNormalization", [value, *map(weight, statistics)])])

    value = convolution("input", (CHANNELS, 1, 10, 4), strides=[2, 2], auto_pad="SAME_UPPER")
    for _ in range(BLOCKS):
        value = convolution(value, (CHANNELS, 1, 3, 3), group=CHANNELS, pads=[1, 1, 1, 1])
        value = convolution(value, (CHANNELS, CHANNELS, 1, 1))
    value = node("Flatten", [node("GlobalAveragePool", [value])])
    head = [weight(random.normal(0, 0.1, (WORDS, CHANNELS))), weight(random.normal(0, 0.1, WORDS))]
    output = node("Gemm", [value, *head], transB=1)
    graph = helper.make_graph(
        nodes, "DS-CNN", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 1, 49, 10])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", WORDS])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    onnx.save(network(), sys.argv[1])

"""Writes an ONNX network for characters: an embedding, two LSTM layers of 512 units, and logits of 97 characters.

usage: recurrent.py step|sequence FILE

step: one character, with the states going in and out, as text is written. sequence: 64 characters of each of
`batch` texts at once, from states of zeros, as a network is trained. Weights are random.
"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

CHARACTERS, EMBEDDING, UNITS, LAYERS, STEPS = 97, 64, 512, 2, 64


def network(kind):
    random = numpy.random.default_rng(1)
    weights, nodes = [], []

    def weight(name, *shape):
        values = random.uniform(-1, 1, shape) / numpy.sqrt(UNITS)
        weights.append(numpy_helper.from_array(values.astype(numpy.float32), name))
        return name

    def node(operation, inputs, outputs, **attributes):
        nodes.append(helper.make_node(operation, inputs, outputs, **attributes))

    is_step = kind == "step"
    batch, steps = (1, 1) if is_step else ("batch", STEPS)
    ports_in = [helper.make_tensor_value_info("characters", TensorProto.INT64, [batch, steps])]
    ports_out = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [steps, batch, CHARACTERS])]
    node("Transpose", ["characters"], ["time_first"], perm=[1, 0])
    node("Gather", [weight("embedding", CHARACTERS, EMBEDDING), "time_first"], ["embedded"])
    value, width = "embedded", EMBEDDING
    weights.append(numpy_helper.from_array(numpy.array([1], numpy.int64), "direction"))
    for layer in range(LAYERS):
        inputs = [value, weight(f"W{layer}", 1, 4 * UNITS, width), weight(f"R{layer}", 1, 4 * UNITS, UNITS),
                  weight(f"B{layer}", 1, 8 * UNITS)]
        outputs = [f"Y{layer}"]
        if is_step:
            inputs += ["", f"hidden_{layer}", f"cell_{layer}"]
            outputs += [f"next_hidden_{layer}", f"next_cell_{layer}"]
            ports_in += [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, batch, UNITS]) for name in inputs[5:]]
            ports_out += [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, batch, UNITS]) for name in outputs[1:]]
        node("LSTM", inputs, outputs, hidden_size=UNITS)
        node("Squeeze", [f"Y{layer}", "direction"], [f"hidden_states_{layer}"])
        value, width = f"hidden_states_{layer}", UNITS
    node("MatMul", [value, weight("head", UNITS, CHARACTERS)], ["products"])
    node("Add", ["products", weight("bias", CHARACTERS)], ["logits"])
    graph = helper.make_graph(nodes, f"characters, {kind}", ports_in, ports_out, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    model = network(sys.argv[1])
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, sys.argv[2])

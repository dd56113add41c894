"""An ONNX graph as a PyTorch module: the operators that the benchmark's networks use, opset 17.

Weights that are floats become parameters, so that a training step updates what Engram's does;
batch normalisation uses its running statistics in `eval()` and the batch's in `train()`.
"""
import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


class UnsupportedOperator(Exception):
    pass


class Network(torch.nn.Module):
    """Runs the graph's nodes in order. `forward` takes the inputs by name and gives the outputs in order."""

    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        self.nodes = list(graph.node)
        self.attributes = [{a.name: onnx.helper.get_attribute_value(a) for a in node.attribute} for node in self.nodes]
        self.constants = {}             # name -> array: shapes, axes, ratios
        self.slots = {}                 # name -> the parameter's or buffer's name in this module
        statistics = {name for node in self.nodes if node.op_type == "BatchNormalization" for name in node.input[3:5]}
        for tensor in graph.initializer:
            self.add_constant(tensor.name, numpy_helper.to_array(tensor), trained=tensor.name not in statistics)
        for node, attributes in zip(self.nodes, self.attributes):
            if node.op_type == "Constant":
                self.add_constant(node.output[0], numpy_helper.to_array(attributes["value"]), trained=False)
            elif f"run_{node.op_type}" not in dir(self):
                raise UnsupportedOperator(f"{path}: no PyTorch counterpart here for {node.op_type}")
        names = {tensor.name for tensor in graph.initializer}
        self.outputs = [value.name for value in graph.output]
        self.gates = {node.output[0]: self.recurrent_weights(node) for node in self.nodes if node.op_type == "LSTM"}
        # How often each value is read, so that activations are freed as they would be in written code.
        self.readers = {}
        for node in self.nodes:
            for name in node.input:
                self.readers[name] = self.readers.get(name, 0) + 1

    def add_constant(self, name, array, trained):
        if array.dtype == numpy.float32 and array.ndim > 0:
            slot = f"value_{len(self.slots)}"
            tensor = torch.from_numpy(array.copy())
            if trained:
                self.register_parameter(slot, torch.nn.Parameter(tensor))
            else:
                self.register_buffer(slot, tensor)
            self.slots[name] = slot
        else:
            self.constants[name] = array

    def recurrent_weights(self, node):
        """The gates' rows of W, R and the two biases in PyTorch's order, as parameters."""
        def ordered(name, halves=1):
            tensor = getattr(self, self.slots[name]).detach()[0]
            parts = [half.chunk(4) for half in tensor.chunk(halves)]
            return [torch.nn.Parameter(torch.cat([part[gate] for gate in (0, 2, 3, 1)])) for part in parts]

        weights = ordered(node.input[1]) + ordered(node.input[2]) + ordered(node.input[3], halves=2)
        for name in node.input[1:4]:
            delattr(self, self.slots.pop(name))
        weights = torch.nn.ParameterList(weights)
        self.add_module(f"gates_{node.output[0]}", weights)
        return weights

    def forward(self, inputs):
        values = dict(inputs)
        left = dict(self.readers)

        def value(name):
            if name in values:
                return values[name]
            if name in self.slots:
                return getattr(self, self.slots[name])
            return self.constants[name]

        for node, attributes in zip(self.nodes, self.attributes):
            if node.op_type == "Constant":
                continue
            if node.op_type == "LSTM":
                results = self.run_LSTM(node, [values.get(name) for name in node.input])
            else:
                inputs = [value(name) if name else None for name in node.input]
                results = [getattr(self, f"run_{node.op_type}")(attributes, *inputs)]
                del inputs
            values.update(zip(node.output, results))
            del results
            for name in node.input:
                left[name] -= 1
                if left[name] == 0 and name not in self.outputs:
                    values.pop(name, None)
        return [values[name] for name in self.outputs]

    def run_LSTM(self, node, inputs):
        x, weights = inputs[0], self.gates[node.output[0]]
        states = inputs[5:7]
        if not states:
            states = [x.new_zeros(1, x.shape[1], weights[1].shape[1])] * 2
        y, hidden, cell = torch._VF.lstm(x, states, list(weights), True, 1, 0.0, self.training, False, False)
        return y.unsqueeze(1), hidden, cell

    def run_Gather(self, attributes, x, numbers):
        axis, numbers = attributes.get("axis", 0), self.tensor(numbers)
        if axis == 0:
            return F.embedding(numbers, x)
        if numbers.dim() != 1:
            raise UnsupportedOperator("Gather by a matrix along another axis than the first")
        return x.index_select(axis, numbers)

    def run_Squeeze(self, attributes, x, axes):
        return x.squeeze(tuple(int(axis) for axis in axes))

    @staticmethod
    def padding(attributes, kernel, strides, dilations, size):
        """(begin, end) of each spatial axis."""
        mode = attributes.get("auto_pad", b"NOTSET").decode()
        if mode == "VALID":
            return [(0, 0)] * len(kernel)
        if mode == "NOTSET":
            pads = attributes.get("pads", [0] * 2 * len(kernel))
            return list(zip(pads[:len(kernel)], pads[len(kernel):]))
        result = []
        for length, k, s, d in zip(size, kernel, strides, dilations):
            total = max(0, (-(-length // s) - 1) * s + (k - 1) * d + 1 - length)
            small, large = total // 2, total - total // 2
            result.append((small, large) if mode == "SAME_UPPER" else (large, small))
        return result

    def padded(self, attributes, x, kernel, fill):
        """The input and what padding is left to the operator: only an even one."""
        strides = attributes.get("strides", [1] * len(kernel))
        dilations = attributes.get("dilations", [1] * len(kernel))
        pads = self.padding(attributes, kernel, strides, dilations, x.shape[2:])
        if any(begin != end for begin, end in pads):
            x = F.pad(x, [side for pair in reversed(pads) for side in pair], value=fill)
            pads = [(0, 0)] * len(kernel)
        return x, strides, [begin for begin, _ in pads], dilations

    def run_Conv(self, attributes, x, weight, bias=None):
        x, strides, pads, dilations = self.padded(attributes, x, weight.shape[2:], 0.0)
        convolution = {3: F.conv1d, 4: F.conv2d}[x.dim()]
        return convolution(x, weight, bias, strides, pads, dilations, attributes.get("group", 1))

    def run_ConvTranspose(self, attributes, x, weight, bias=None):
        kernel, strides = weight.shape[2:], attributes.get("strides", [1] * (x.dim() - 2))
        pads = attributes.get("pads", [0] * (2 * len(kernel)))
        if attributes.get("auto_pad", "NOTSET") != "NOTSET" or "output_shape" in attributes or pads[:len(kernel)] != pads[len(kernel):]:
            raise UnsupportedOperator("ConvTranspose with uneven padding or of a given size")
        return {3: F.conv_transpose1d, 4: F.conv_transpose2d}[x.dim()](
            x, weight, bias, strides, pads[:len(kernel)], attributes.get("output_padding", 0), attributes.get("group", 1),
            attributes.get("dilations", 1))

    def run_Pad(self, attributes, x, pads, value=None, axes=None):
        if attributes.get("mode", "constant") != "constant" or axes is not None:
            raise UnsupportedOperator("Pad of other than all axes with a constant")
        pairs = list(zip(*[iter(int(pad) for pad in pads)] * x.dim()))
        sides = [side for begin, end in reversed(list(zip(*pairs))) for side in (begin, end)]
        return F.pad(x, sides, value=0.0 if value is None else float(value))

    def run_BatchNormalization(self, attributes, x, scale, bias, mean, variance):
        return F.batch_norm(x, mean, variance, scale, bias, training=self.training,
                            momentum=1 - attributes.get("momentum", 0.9), eps=attributes.get("epsilon", 1e-5))

    def run_MaxPool(self, attributes, x):
        x, strides, pads, dilations = self.padded(attributes, x, attributes["kernel_shape"], float("-inf"))
        return F.max_pool2d(x, attributes["kernel_shape"], strides, pads, dilations, bool(attributes.get("ceil_mode", 0)))

    def run_AveragePool(self, attributes, x):
        count = bool(attributes.get("count_include_pad", 0))
        kernel = attributes["kernel_shape"]
        strides = attributes.get("strides", [1] * len(kernel))
        pads = self.padding(attributes, kernel, strides, [1] * len(kernel), x.shape[2:])
        if any(begin != end for begin, end in pads):
            raise UnsupportedOperator("AveragePool with uneven padding")
        return F.avg_pool2d(x, kernel, strides, [begin for begin, _ in pads], bool(attributes.get("ceil_mode", 0)), count)

    def run_GlobalAveragePool(self, attributes, x):
        return x.mean(tuple(range(2, x.dim())), keepdim=True)

    def run_ReduceMean(self, attributes, x, axes=None):
        if axes is None:
            axes = attributes.get("axes", range(x.dim()))
        return x.mean(tuple(int(axis) for axis in axes), keepdim=bool(attributes.get("keepdims", 1)))

    def run_Gemm(self, attributes, a, b, c=None):
        if attributes.get("transA", 0):
            a = a.t()
        alpha, beta = attributes.get("alpha", 1.0), attributes.get("beta", 1.0)
        if attributes.get("transB", 0) and alpha == 1 and beta == 1 and (c is None or c.dim() == 1):
            return F.linear(a, b, c)
        result = alpha * (a @ (b.t() if attributes.get("transB", 0) else b))
        return result if c is None else result + beta * c

    def run_Dropout(self, attributes, x, ratio=0.5, training=None):
        return F.dropout(x, float(ratio), self.training)

    def run_Flatten(self, attributes, x):
        axis = attributes.get("axis", 1) % (x.dim() + 1)
        return x.flatten(1) if axis == 1 else x.reshape(int(numpy.prod(x.shape[:axis])), -1)

    def run_Reshape(self, attributes, x, shape):
        return x.reshape([x.shape[i] if length == 0 else int(length) for i, length in enumerate(shape)])

    def run_Transpose(self, attributes, x):
        return x.permute(attributes.get("perm", list(range(x.dim()))[::-1]))

    def run_Clip(self, attributes, x, least=None, most=None):
        return torch.clamp(x, *(None if bound is None else self.tensor(bound) for bound in (least, most)))

    def run_Relu(self, attributes, x):
        return F.relu(x)

    def run_Sigmoid(self, attributes, x):
        return torch.sigmoid(x)

    def run_Softmax(self, attributes, x):
        return F.softmax(x, attributes.get("axis", -1))

    def run_Identity(self, attributes, x):
        return x

    def run_Add(self, attributes, a, b):
        return self.tensor(a) + self.tensor(b)

    def run_Sub(self, attributes, a, b):
        return self.tensor(a) - self.tensor(b)

    def run_Mul(self, attributes, a, b):
        return self.tensor(a) * self.tensor(b)

    def run_Div(self, attributes, a, b):
        return self.tensor(a) / self.tensor(b)

    def run_MatMul(self, attributes, a, b):
        return a @ b

    @staticmethod
    def tensor(value):
        return value if isinstance(value, torch.Tensor) else torch.from_numpy(numpy.asarray(value))

#!/usr/bin/env python3
"""Makes Tests/ModelFilesTests/Goldens/exported: small networks as other people's exporters write them.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.13.0 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0 numpy==2.4.6
    /tmp/torch/bin/python tools/goldens/exported_models.py

PyTorch 2.13.0 has two exporters, the one on TorchScript and the one on torch.export; the part of a name after the kind says which, and
the opset. The networks of Keras are made by tools/goldens/exported_keras_models.py, which uses this file. All weights are drawn from a
seed. Sizes are free where a user would want them free: the batch, the time, the height and width of images.

Beside each NAME.onnx lies NAME.safetensors: for two sets of sizes the inputs and what ONNX Runtime makes of them without optimisations,
as 0.input.x, 0.output.y, 1.input.x and so on. What only people read (the traces of Python's stack) is taken out of the models.
"""

import io
import json
import logging
import pathlib
import struct
import sys
import warnings

import numpy as np
import onnx
import onnxruntime

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ModelFilesTests" / "Goldens" / "exported"
SEED = 20260301
TYPES = {"float32": "F32", "int64": "I64", "int32": "I32", "bool": "BOOL"}


# The files.


def bare(model):
    """The model without texts for people."""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer]:
        value.doc_string = ""
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    del model.functions[:]
    return model


def safetensors(path, tensors):
    """A safetensors file of arrays by name."""
    header, data = {}, b""
    for name, array in tensors.items():
        content = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": TYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def save(folder, name, model, cases):
    """Writes a model, and what ONNX Runtime makes of it."""
    model = bare(model)
    onnx.checker.check_model(model)
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    tensors = {}
    for number, case in enumerate(cases):
        inputs = dict(zip([value.name for value in session.get_inputs()], case, strict=True))
        tensors |= {f"{number}.input.{key}": value for key, value in inputs.items()}
        outputs = zip(session.get_outputs(), session.run(None, inputs))
        tensors |= {f"{number}.output.{value.name}": result for value, result in outputs}
    safetensors(folder / f"{name}.safetensors", tensors)
    domains = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
    print(f"{name}: opset {domains['ai.onnx']}, {len(model.graph.node)} nodes, {model.ByteSize()} bytes")


def uniform(random, *shape):
    return random.uniform(-1, 1, shape).astype(np.float32)


def main(make):
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDENS
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    make(folder, np.random.default_rng(SEED))


# The networks.


def networks():
    """The kinds by name: the network, its inputs for two sets of sizes, which dimensions are free, the names of its outputs."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    def normalized(inputs, outputs, kernel=3, stride=1, groups=1, activation=nn.ReLU):
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs), activation())

    class PreActivation(nn.Module):
        """A residual block whose normalisations no convolution can take up."""

        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.first, self.second = nn.BatchNorm2d(inputs), nn.BatchNorm2d(outputs)
            self.a = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.b = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.skip = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if stride > 1 or inputs != outputs else nn.Identity()

        def forward(self, x):
            y = F.relu(self.first(x))
            return self.skip(x) + self.b(F.relu(self.second(self.a(y))))

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.pool = normalized(3, 8, 5, 2), nn.MaxPool2d(3, 2, 1)
            self.blocks = nn.Sequential(PreActivation(8, 8, 1), PreActivation(8, 16, 2))
            self.head = nn.Linear(16, 10)

        def forward(self, image):
            return self.head(torch.flatten(F.adaptive_avg_pool2d(self.blocks(self.pool(self.stem(image))), 1), 1))

    class Squeeze(nn.Module):
        """The attention to channels of MobileNetV3."""

        def __init__(self, channels):
            super().__init__()
            self.down, self.up = nn.Conv2d(channels, 4, 1), nn.Conv2d(4, channels, 1)

        def forward(self, x):
            return x * F.hardsigmoid(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))

    class Depthwise(nn.Module):
        def __init__(self):
            super().__init__()

            def block(inputs, inner, outputs, kernel, stride):
                return nn.Sequential(
                    normalized(inputs, inner, 1, activation=nn.Hardswish), normalized(inner, inner, kernel, stride, inner, nn.Hardswish),
                    Squeeze(inner), normalized(inner, outputs, 1, activation=nn.Identity))

            self.stem = normalized(3, 8, 3, 2, activation=nn.Hardswish)
            self.first, self.second = block(8, 24, 12, 5, 2), block(12, 36, 12, 3, 1)
            self.head = nn.Sequential(nn.Linear(12, 32), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(32, 5))

        def forward(self, image):
            x = self.first(self.stem(image))
            x = x + self.second(x)
            return F.softmax(self.head(x.mean([2, 3])), dim=-1)

    class UNet(nn.Module):
        """Up by interpolation to the size of the other branch, or by a transposed convolution."""

        def __init__(self, interpolates):
            super().__init__()
            self.interpolates = interpolates
            self.down = nn.ModuleList([normalized(1, 4), normalized(4, 8), normalized(8, 12)])
            self.up = nn.ModuleList([normalized(12 + 8, 8), normalized(8 + 4, 4)])
            if not interpolates:
                self.raise_ = nn.ModuleList([nn.ConvTranspose2d(12, 12, 2, 2), nn.ConvTranspose2d(8, 8, 4, 2, 1)])
            self.head = nn.Conv2d(4, 2, 1)

        def forward(self, image):
            a = self.down[0](image)
            b = self.down[1](F.max_pool2d(a, 2))
            x = self.down[2](F.max_pool2d(b, 2))
            for level, other in enumerate([b, a]):
                if self.interpolates:
                    x = F.interpolate(x, size=other.shape[2:], mode="bilinear", align_corners=level == 1)
                else:
                    x = self.raise_[level](x)
                x = self.up[level](torch.cat([x, other], 1))
            return torch.sigmoid(self.head(x))

    class Upscaling(nn.Module):
        """Up by a factor: nearest and linear."""

        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 6, 3, 2, 1), nn.Conv2d(6, 3, 3, 1, 1)

        def forward(self, image):
            x = F.interpolate(F.leaky_relu(self.a(image), 0.1), scale_factor=2, mode="nearest")
            return torch.tanh(F.interpolate(F.elu(self.b(x)), scale_factor=2, mode="bilinear", align_corners=False))

    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(6, 8, 2, batch_first=True, bidirectional=True)
            self.head = nn.Linear(16, 4)

        def forward(self, x):
            return F.log_softmax(self.head(self.lstm(x)[0]), dim=2)

    class Lengths(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(5, 7, bidirectional=True)

        def forward(self, x, lengths):
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths)
            y, last = self.gru(packed)
            return nn.utils.rnn.pad_packed_sequence(y)[0], last

    class Dense(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(
                nn.Linear(12, 24), nn.LayerNorm(24), nn.GELU(), nn.Dropout(0.3), nn.Linear(24, 16), nn.PReLU(16), nn.LayerNorm(16),
                nn.Softplus(), nn.Linear(16, 3))

        def forward(self, x):
            return self.layers(x)

    class Causal(nn.Module):
        """A temporal convolutional network: dilated causal convolutions along the time."""

        def __init__(self):
            super().__init__()
            self.stem = nn.Conv1d(10, 12, 1)
            self.layers = nn.ModuleList([nn.Conv1d(12, 12, 3, dilation=d, groups=g) for d, g in [(1, 1), (2, 12), (4, 3)]])
            self.norms = nn.ModuleList([nn.BatchNorm1d(12) for _ in range(3)])
            self.head = nn.Conv1d(12, 4, 1)

        def forward(self, x):
            x = self.stem(x)
            for layer, norm in zip(self.layers, self.norms):
                x = x + F.relu(norm(layer(F.pad(x, (2 * layer.dilation[0], 0)))))
            x = F.avg_pool1d(F.max_pool1d(x, 2, 2, ceil_mode=True), 3, 1, 1)
            return self.head(x), torch.amax(self.head(x), dim=2)

    class CenterFace(nn.Module):
        """CenterFace (Xu and others 2019, arXiv:1911.03599), all layers, a twentieth as wide.

        MobileNetV2 (Sandler and others 2018), and a pyramid of features, raised by depthwise transposed convolutions, whose finest level
        has heads for the heat map of centres, the size, the offset and the landmarks.
        """

        def __init__(self, width=1 / 20, features=6):
            super().__init__()

            def wide(channels):
                return max(4, int(channels * width))

            self.stem = normalized(3, wide(32), 3, 2, activation=nn.ReLU6)
            self.levels = nn.ModuleList()
            inputs, level, sides = wide(32), [], []
            for expansion, channels, count, stride in [
                (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)
            ]:
                for index in range(count):
                    if index == 0 and stride == 2 and level and channels != 24:
                        self.levels.append(nn.Sequential(*level))
                        sides.append(inputs)
                        level = []
                    level.append(self.Inverted(inputs, wide(channels), stride if index == 0 else 1, expansion))
                    inputs = wide(channels)
            self.levels.append(nn.Sequential(*level))
            sides.append(inputs)
            self.sides = nn.ModuleList([normalized(side, features, 1) for side in sides])
            self.raises = nn.ModuleList([
                nn.Sequential(
                    nn.ConvTranspose2d(features, features, 2, 2, groups=features, bias=False), nn.BatchNorm2d(features, eps=1e-3), nn.ReLU())
                for _ in sides[1:]
            ])
            self.joint = normalized(features, features)
            self.heads = nn.ModuleList([nn.Conv2d(features, count, 1) for count in [1, 2, 2, 10]])

        class Inverted(nn.Module):
            def __init__(self, inputs, outputs, stride, expansion):
                super().__init__()
                inner = inputs * expansion
                layers = [] if expansion == 1 else [normalized(inputs, inner, 1, activation=nn.ReLU6)]
                layers += [normalized(inner, inner, 3, stride, inner, nn.ReLU6), normalized(inner, outputs, 1, activation=nn.Identity)]
                self.layers, self.isResidual = nn.Sequential(*layers), stride == 1 and inputs == outputs

            def forward(self, x):
                return x + self.layers(x) if self.isResidual else self.layers(x)

        def forward(self, image):
            x, features = self.stem(image), []
            for level, side in zip(self.levels, self.sides):
                x = level(x)
                features.append(side(x))
            y = features.pop()
            for raising in self.raises:
                y = raising(y) + features.pop()
            heat, size, offset, landmarks = [head(self.joint(y)) for head in self.heads]
            return torch.sigmoid(heat), size, offset, landmarks

    class Language(nn.Module):
        """The next character from the last ones; the state goes in and comes out."""

        def __init__(self):
            super().__init__()
            self.embedding, self.lstm, self.head = nn.Embedding(20, 6), nn.LSTM(6, 9, 2), nn.Linear(9, 20)

        def forward(self, tokens, hidden, cell):
            y, (hidden, cell) = self.lstm(self.embedding(tokens), (hidden, cell))
            return self.head(y), hidden, cell

    class Attention(nn.Module):
        """A transformer's block, by hand or as PyTorch has it."""

        def __init__(self, isWritten):
            super().__init__()
            self.isWritten = isWritten
            if isWritten:
                self.take, self.give = nn.Linear(12, 36), nn.Linear(12, 12)
                self.norm = nn.LayerNorm(12)
            else:
                self.block = nn.TransformerEncoderLayer(12, 3, 20, activation="gelu", batch_first=True, norm_first=True)

        def forward(self, x):
            if not self.isWritten:
                return self.block(x)
            q, k, v = self.take(x).reshape(x.shape[0], x.shape[1], 3, 3, 4).permute(2, 0, 3, 1, 4).unbind(0)
            y = F.softmax(q @ k.transpose(-2, -1) / 2, dim=-1) @ v
            return self.norm(x + self.give(y.transpose(1, 2).reshape(x.shape[0], x.shape[1], 12)))

    class Shapes(nn.Module):
        """Sizes that are computed, and what moves and chooses elements."""

        def forward(self, x, indices):
            n, c, h, w = x.shape
            patches = x.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(n, -1, c * 4)
            best = patches.argmax(dim=2)
            chosen = torch.where(patches > 0, patches, -0.5 * patches)[:, 1::2]
            rows = torch.index_select(x.flatten(2), 2, indices)
            small = torch.cat([rows.mean(dim=1), rows.amin(dim=1), (rows * rows).sum(dim=1)], dim=1)
            first, rest = x[:, :1], x[:, 1:, :, -2:]
            ones = torch.ones(n, 1, dtype=x.dtype) * float(2)
            unit = F.normalize(small, dim=1)
            limited = torch.clamp(first.expand(n, c, h, w) - x, min=-0.5, max=0.75)
            places = torch.arange(w, dtype=x.dtype) + (torch.arange(h) % 2).reshape(-1, 1)
            return best, chosen, unit, limited, rest.abs().sqrt(), ones + h, places.repeat(n, 2)

    class Norms(nn.Module):
        """Group and instance normalisation, padding by reflection, activations."""

        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 8, 3), nn.Conv2d(8, 6, 3, padding=1, padding_mode="reflect")
            self.group, self.instance = nn.GroupNorm(4, 8), nn.InstanceNorm2d(6, affine=True)

        def forward(self, image):
            x = F.silu(self.group(self.a(F.pad(image, (1, 1, 1, 1), mode="reflect"))))
            x = F.gelu(self.instance(self.b(x)), approximate="tanh")
            return torch.exp(-F.relu6(x).norm(dim=1)), torch.log(x.abs() + 1).amax(dim=(2, 3))

    def images(*shapes):
        return lambda random: [[uniform(random, *shape)] for shape in shapes]

    image, sizes = {0: "batch", 2: "height", 3: "width"}, images((2, 1, 16, 20), (1, 1, 24, 12))
    odd = images((2, 1, 17, 21), (1, 1, 10, 14))
    colour = images((2, 3, 20, 24), (1, 3, 24, 17))
    sequences = images((2, 7, 6), (3, 4, 6))
    return {
        "residual": (Residual(), colour, [image], ["scores"]),
        "depthwise": (Depthwise(), colour, [image], ["scores"]),
        "unet": (UNet(False), sizes, [image], ["mask"]),
        "unet-interpolating": (UNet(True), odd, [image], ["mask"]),
        "upscaling": (Upscaling(), images((2, 2, 8, 6), (1, 2, 5, 9)), [image], ["image2"]),
        "bidirectional-lstm": (Tagger(), sequences, [{0: "batch", 1: "time"}], ["tags"]),
        "gru-lengths": (
            Lengths(),
            lambda random: [[uniform(random, 6, 3, 5), np.array([6, 4, 1])], [uniform(random, 3, 2, 5), np.array([3, 2])]],
            [{0: "time", 1: "batch"}, {0: "batch"}], ["y", "last"]),
        "dense": (Dense(), images((5, 12), (1, 12)), [{0: "batch"}], ["scores"]),
        "causal-convolution": (Causal(), images((2, 10, 21), (1, 10, 8)), [{0: "batch", 2: "time"}], ["scores", "largest"]),
        "centerface": (
            CenterFace(), images((1, 3, 32, 64), (2, 3, 32, 32)), [image], ["heatmap", "scale", "offset", "landmarks"]),
        "language": (
            Language(),
            lambda random: [
                [random.integers(0, 20, (t, n)), uniform(random, 2, n, 9), uniform(random, 2, n, 9)] for t, n in [(5, 2), (1, 1)]],
            [{0: "time", 1: "batch"}, {1: "batch"}, {1: "batch"}], ["scores", "hidden_out", "cell_out"]),
        # torch.export settles the time of a recurrent network.
        "step": (
            Language(),
            lambda random: [[random.integers(0, 20, (1, n)), uniform(random, 2, n, 9), uniform(random, 2, n, 9)] for n in [3, 1]],
            [{1: "batch"}, {1: "batch"}, {1: "batch"}], ["scores", "hidden_out", "cell_out"]),
        "attention": (Attention(True), images((2, 5, 12), (1, 8, 12)), [{0: "batch", 1: "time"}], ["y"]),
        "transformer": (Attention(False), images((2, 5, 12), (3, 8, 12)), [{0: "batch", 1: "time"}], ["y"]),
        "shapes": (
            Shapes(),
            lambda random: [
                [uniform(random, 2, 3, 4, 6), np.array([0, 5, 23])], [uniform(random, 3, 3, 2, 8), np.array([7])]],
            [image, {0: "count"}], ["best", "rows", "unit", "limited", "rest", "sum", "places"]),
        "norms": (Norms(), images((2, 2, 7, 6), (1, 2, 9, 5)), [image], ["y", "peak"]),
    }


def exported(network, case, free, outputs, exporter, opset):
    """The model of a network, by one of PyTorch's exporters."""
    import torch

    given = tuple(torch.tensor(array) for array in case)
    names = ["x", "hidden", "cell"] if len(case) == 3 else ["x", "integers"][:len(case)]
    content = io.BytesIO()
    if exporter == "torchscript":
        axes = {name: dimensions for name, dimensions in zip(names, free)}
        # Convolutions would take up the normalisations while training is told from inference.
        torch.onnx.export(
            network, given, content, input_names=names, output_names=outputs, opset_version=opset, dynamic_axes=axes, dynamo=False,
            training=torch.onnx.TrainingMode.PRESERVE)
        return onnx.load_from_string(content.getvalue())
    dimensions = tuple({axis: torch.export.Dim.DYNAMIC for axis in free_axes} for free_axes in free)
    program = torch.onnx.export(
        network, given, input_names=names, output_names=outputs, opset_version=opset, dynamic_shapes=dimensions, dynamo=True,
        verbose=False)
    return program.model_proto


MODELS = [
    ("residual", "torchscript", 9), ("depthwise", "torchscript", 14), ("unet", "export", 18), ("unet-interpolating", "torchscript", 11),
    ("upscaling", "torchscript", 9), ("bidirectional-lstm", "torchscript", 13), ("gru-lengths", "torchscript", 17),
    ("dense", "export", 23), ("dense", "torchscript", 9), ("causal-convolution", "torchscript", 12), ("centerface", "torchscript", 11),
    ("language", "torchscript", 15), ("step", "export", 18), ("attention", "export", 20), ("transformer", "export", 18),
    ("shapes", "torchscript", 13), ("shapes", "export", 18), ("norms", "torchscript", 18), ("norms", "export", 21),
]


def make(folder, random):
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    kinds = networks()
    for network, *_ in kinds.values():
        network.eval()
        for module in network.modules():
            # Statistics and scales as after training.
            if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
                for tensor, low, high in [
                    (module.running_mean, -0.5, 0.5), (module.running_var, 0.5, 2), (module.weight.data, 0.5, 1.5), (module.bias.data, -0.5, 0.5)
                ]:
                    torch.nn.init.uniform_(tensor, low, high)
    wanted = sys.argv[2:]
    for kind, exporter, opset in MODELS:
        network, inputs, free, outputs = kinds[kind]
        cases = inputs(random)
        name = f"{kind}-{exporter}-{opset}"
        if wanted and not any(text in name for text in wanted):
            continue
        save(folder, name, exported(network, cases[0], free, outputs, exporter, opset), cases)


if __name__ == "__main__":
    main(make)

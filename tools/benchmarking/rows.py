"""What is timed: the networks and the rows. A further row is a line here."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """An ONNX file that a command of ours, or a script of this folder, writes: `command` with the file's path behind it."""

    name: str
    command: tuple


@dataclass(frozen=True)
class Row:
    """A network at one batch; `asked` is the ratio that the project asks for, None where it asks for none.

    Where it asks for another with AVX2 (ENGRAM_ISA=avx2, or a processor without AVX-512), `asked_avx2` is that.
    """

    name: str
    network: str
    batch: int
    train: bool = False
    bf16: bool = False             # whether a training step rounds the factors of its products
    images: bool = True            # whether the inputs are images, which PyTorch has in two layouts
    weights: str | None = None     # what ours keeps the weights as; the peers have f32
    trees: bool = False            # whether rows of a table of trees.py are scored, and its trees are peers too
    peers: tuple = ()              # who takes part; the usual ones where nobody is named
    asked: float | None = 1.0
    asked_avx2: float | None = None
    threads: tuple = (1, 2)
    quick: bool = True             # whether --quick times it too


# Channels and pixels of 3x3 convolutions, and what is asked for with AVX-512 and with AVX2.
CONVOLUTIONS = [(32, 38, 2.3, 2.0), (64, 17, 2.3, 2.0), (128, 17, 2.3, 2.0), (128, 8, 2.3, 2.0), (256, 8, 2.3, 2.0),
                (256, 4, 1.9, 1.5)]

NETWORKS = [
    Network("keywords", ("keyword-transcribe", "model", "--output")),
    *(Network(f"convolutions-{channels}-{pixels}", ("convolutions.py", str(channels), str(pixels)))
      for channels, pixels, *_ in CONVOLUTIONS),
    Network("stem", ("stem.py",)),
    Network("DS-CNN", ("depthwise.py",)),
    Network("LSTM-step", ("recurrent.py", "step")),
    Network("LSTM-sequence", ("recurrent.py", "sequence")),
    Network("dense", ("dense.py",)),
    Network("face-embedder", ("faces.py", "embedder")),
    Network("face-detector", ("faces.py", "detector", "480", "640")),
    Network("fraud", ("fraud-score", "model", "--output")),
]

ROWS = [
    Row("keywords, batch 1", "keywords", batch=1),
    Row("keywords, batch 16", "keywords", batch=16),
    Row("keywords, training step, batch 64", "keywords", batch=64, train=True),
    *(Row(f"3x3 convolutions, {channels} channels at {pixels} px, batch {batch}", f"convolutions-{channels}-{pixels}",
          batch=batch, asked=asked, asked_avx2=avx2, quick=batch == 1 and pixels in (8, 17) and channels <= 128)
      for channels, pixels, asked, avx2 in CONVOLUTIONS for batch in (1, 16)),
    *(Row(f"7x7/2 stem, 3 to 32 channels at 150 px, batch {batch}", "stem", batch=batch, asked=1.8, quick=False)
      for batch in (1, 16)),
    Row("DS-CNN, batch 1", "DS-CNN", batch=1),
    Row("DS-CNN, batch 16", "DS-CNN", batch=16, quick=False),
    *(Row(f"face ResNet-29, batch {batch}", "face-embedder", batch=batch, asked=2.0, asked_avx2=1.5, quick=batch == 1)
      for batch in (1, 16)),
    Row("face ResNet-29 beside dlib, batch 1", "face-embedder", batch=1, peers=("dlib",), asked=20.0, quick=False),
    Row("CenterFace 640x480", "face-detector", batch=1, asked=1.3),
    Row("LSTM 2x512, a step", "LSTM-step", batch=1, images=False, asked=1.3),
    *(Row(f"LSTM 2x512, a step, weights of {weights}", "LSTM-step", batch=1, images=False, weights=weights, asked=asked,
          quick=weights == "int8")
      for weights, asked in (("f16", 2.4), ("bf16", 2.7), ("int8", 5.0))),
    Row("LSTM 2x512, 64 steps of 64", "LSTM-sequence", batch=64, images=False),
    Row("LSTM 2x512, training step, 64 steps of 64", "LSTM-sequence", batch=64, train=True, images=False, quick=False),
    Row("LSTM 2x512, training step in bf16, 64 steps of 64", "LSTM-sequence", batch=64, train=True, bf16=True,
        images=False, asked=1.2, quick=False),
    *(Row(f"dense 30-64-32-1, batch {batch:,}", "dense", batch=batch, images=False, quick=batch == 1024)
      for batch in (1, 1024, 65536)),
    *(Row(f"fraud network, batch {batch:,}", "fraud", batch=batch, images=False, trees=True, quick=batch > 1)
      for batch in (1, 65536)),
]

"""What is timed: the networks and the rows. A further row is a line here."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """An ONNX file that a command of ours writes: `command` with the file's path behind it."""

    name: str
    command: tuple


@dataclass(frozen=True)
class Row:
    """A network at one batch; `asked` is the ratio that the project asks for, None where it asks for none."""

    name: str
    network: str
    batch: int
    train: bool = False
    asked: float | None = 1.0
    threads: tuple = (1, 2)


NETWORKS = [
    Network("keywords", ("keyword-transcribe", "model", "--output")),
]

ROWS = [
    Row("keywords, batch 1", "keywords", batch=1),
    Row("keywords, batch 16", "keywords", batch=16),
    Row("keywords, training step, batch 64", "keywords", batch=64, train=True),
]

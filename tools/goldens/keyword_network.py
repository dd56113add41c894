#!/usr/bin/env python3
"""Runs the shipped keyword network in ONNX Runtime on seeded images and writes what comes out, for
Tests/SpeechRecognitionTests/Goldens. To be run again whenever the shipped model changes.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy==2.4.6 onnxruntime==1.32.0
    /tmp/venv/bin/python tools/goldens/keyword_network.py
"""
import pathlib

import numpy as np
import onnxruntime

SEED = 1
ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDENS = ROOT / "Tests/SpeechRecognitionTests/Goldens"


def images(count=4, frames=98, bands=40):
    """Smooth images in the range of the network's input, ((0...255) - 75) / 50, rounded to f16 so that they are small."""
    random = np.random.default_rng(SEED)
    coarse = random.normal(size=(count, frames // 7, bands // 5))
    smooth = np.repeat(np.repeat(coarse, 7, axis=1), 5, axis=2) + 0.2 * random.normal(size=(count, frames, bands))
    return smooth.astype(np.float16).astype(np.float32)[:, None]


def main():
    session = onnxruntime.InferenceSession(ROOT / "Sources/CKeywordModel/keywords.onnx", providers=["CPUExecutionProvider"])
    x = images()
    (y,) = session.run(None, {session.get_inputs()[0].name: x})
    np.save(GOLDENS / "network-input.npy", x.astype(np.float16))
    np.save(GOLDENS / "network-output.npy", y)
    print(f"onnxruntime {onnxruntime.__version__}: {x.shape} -> {y.shape}, largest {abs(y).max():.3f}")


if __name__ == "__main__":
    main()

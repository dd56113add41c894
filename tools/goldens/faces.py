#!/usr/bin/env python3
"""Makes Tests/FaceRecognitionTests/Goldens/dlib.json, and checks the converted networks against dlib and ONNX Runtime.

usage: faces.py PUBLISHED [--installed DIR]

PUBLISHED has the files that 'face-match install' reads, DIR what it made of them (default: ${XDG_CACHE_HOME:-~/.cache}/engram/faces).
On sample-data/astronaut.jpg: dlib's five landmarks in a given box, its chip (beside it, as a PNG file), and its descriptor
of that chip; then embedder.onnx in ONNX Runtime on the same chip, of which the largest difference must be below 1e-3, and
detector.onnx against the published network at the published size.

Needs dlib-bin, onnx, onnxruntime, Pillow and numpy.
"""

import argparse
import json
import os
import pathlib

import dlib
import numpy as np
import onnx
import onnxruntime
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDENS = ROOT / "Tests" / "FaceRecognitionTests" / "Goldens"
BOXES = [(190, 85, 85), (182, 58, 100), (210, 100, 60)]


def opened(model):
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def run(session, image):
    planes = image.astype(np.float32).transpose(2, 0, 1)[None]
    return session.run(None, {session.get_inputs()[0].name: planes})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published", type=pathlib.Path)
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    parser.add_argument("--installed", type=pathlib.Path, default=cache / "engram" / "faces")
    options = parser.parse_args()
    GOLDENS.mkdir(parents=True, exist_ok=True)
    onnxruntime.set_default_logger_severity(3)

    image = np.asarray(Image.open(ROOT / "sample-data" / "astronaut.jpg").convert("RGB"))
    predictor = dlib.shape_predictor(str(options.published / "shape_predictor_5_face_landmarks.dat"))
    network = dlib.face_recognition_model_v1(str(options.published / "dlib_face_recognition_resnet_model_v1.dat"))
    shapes = []
    for left, top, side in BOXES:
        shape = predictor(image, dlib.rectangle(left, top, left + side - 1, top + side - 1))
        shapes.append({"box": [left, top, side], "landmarks": [[p.x, p.y] for p in shape.parts()]})
    shape = predictor(image, dlib.rectangle(190, 85, 190 + 84, 85 + 84))
    chip = dlib.get_face_chip(image, shape, 150, 0.25)
    Image.fromarray(chip).save(GOLDENS / "chip.png")
    descriptor = np.array(network.compute_face_descriptor(chip))
    golden = {"shapes": shapes, "descriptor": [round(float(x), 6) for x in descriptor]}
    (GOLDENS / "dlib.json").write_text(json.dumps(golden) + "\n")

    session = opened(str(options.installed / "embedder.onnx"))
    difference = np.abs(run(session, chip)[0][0] - descriptor).max()
    print(f"embedder.onnx in ONNX Runtime against dlib's descriptor: {difference:.1e}")
    assert difference < 1e-3

    model = onnx.load(options.published / "centerface.onnx")
    for value in [*(v for v in model.graph.input if v.name == "input.1"), *model.graph.output]:
        for place in (0, 2, 3):
            dimension = value.type.tensor_type.shape.dim[place]
            dimension.Clear()
            dimension.dim_param = f"{value.name}_{place}"
    published, session = opened(model.SerializeToString()), opened(str(options.installed / "detector.onnx"))
    ours, theirs = run(session, image), run(published, image)
    for name, a, b in zip([o.name for o in session.get_outputs()], ours, theirs):
        print(f"detector.onnx, {name}: {np.abs(a - b).max():.1e} of {np.abs(b).max():.1f}")
        assert np.abs(a - b).max() < 1e-3 * np.abs(b).max()


if __name__ == "__main__":
    main()

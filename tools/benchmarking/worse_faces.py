"""Photos made worse, judged by face-match and by face_recognition: tools/evaluate-faces --help says how.

usage: worse_faces.py LFW FACE-MATCH OUTPUT "CONDITION ..."
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

warnings.filterwarnings("ignore", category=UserWarning)
import face_recognition
from face_recognition.api import face_encoder, pose_predictor_5_point
import dlib


def jpeg(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def covered(image, box, colour):
    image = image.copy()
    ImageDraw.Draw(image).rectangle(box, fill=colour)
    return image


# The eyes of these photos are near (105, 113) and (145, 113), the mouth near (125, 155).
CONDITIONS = {
    "clean": lambda image: image,
    "dark-jpeg": lambda image: jpeg(image.point([round(255 * (k / 255) ** 3) for k in range(256)] * 3), 40),
    "low-light": lambda image: image.point([round(0.3 * k) for k in range(256)] * 3),
    "blur": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "small": lambda image: image.resize((137, 137), Image.LANCZOS),
    "glasses": lambda image: covered(image, (88, 101, 162, 124), (0, 0, 0)),
    "beard": lambda image: covered(image, (95, 145, 155, 190), (0, 0, 0)),
    "lower-half": lambda image: covered(image, (75, 132, 175, 200), (170, 200, 220)),
    "turned": lambda image: image,
}
# Of a turned head, how far the nose lies from between the eyes at least, in distances of the eyes: some 25 degrees.
TURN = 0.25


def pairs(path):
    with open(path, newline="") as lines:
        return [(row["left"], row["right"], row["same"] == "1") for row in csv.DictReader(lines)]


def embedding(path):
    """dlib's vector of the face nearest to the middle; None where none is found."""
    image = np.array(Image.open(path).convert("RGB"))
    boxes = []
    for upsampling in (1, 2):
        boxes = boxes or face_recognition.face_locations(image, number_of_times_to_upsample=upsampling, model="hog")
    if not boxes:
        return None
    height, width = image.shape[:2]
    top, right, bottom, left = min(boxes, key=lambda b: (b[0] + b[2] - height) ** 2 + (b[1] + b[3] - width) ** 2)
    shape = pose_predictor_5_point(image, dlib.rectangle(left, top, right, bottom))
    return np.array(face_encoder.compute_face_descriptor(image, shape, 1))


def accuracy(distances, same, threshold):
    return float(np.mean((distances <= threshold) == same))


def peer(folder, train, test):
    started = time.process_time()
    names = sorted({name for pair in train + test for name in pair[:2]})
    vectors = {name: embedding(os.path.join(folder, name)) for name in names}
    seconds = (time.process_time() - started) / len(names)

    def measured(some):
        distances = [np.inf if vectors[a] is None or vectors[b] is None else np.linalg.norm(vectors[a] - vectors[b])
                     for a, b, _ in some]
        return np.array(distances), np.array([same for *_, same in some])

    distances, same = measured(train)
    cuts = np.sort(distances[np.isfinite(distances)])
    threshold = max((cuts[:-1] + cuts[1:]) / 2, key=lambda cut: accuracy(distances, same, cut))
    distances, same = measured(test)
    own = {name for pair in test for name in pair[:2]}
    return {"accuracy": accuracy(distances, same, threshold), "threshold": float(threshold),
            "missed_images": sum(vectors[name] is None for name in own), "processor_seconds_per_image": seconds}


def ours(command, folder, lists, quality):
    before = os.times()
    answer = subprocess.run(
        [command, "evaluate", lists["test"], "--threshold-from", lists["train"], "--root", folder, "--quality", quality,
         "--json", "--quiet"], check=True, capture_output=True, text=True).stdout
    after = os.times()
    figures = json.loads(answer)
    images = len({name for path in lists.values() for pair in pairs(path) for name in pair[:2]})
    figures["processor_seconds_per_image"] = (after.children_user + after.children_system - before.children_user
                                              - before.children_system) / images
    return {key: figures[key] for key in ("accuracy", "threshold", "missed_images", "processor_seconds_per_image")}


def turned(command, folder, some):
    """The pairs with a turned head, by the landmarks of the face nearest to the middle."""
    names = sorted({name for pair in some for name in pair[:2]})
    answer = subprocess.run([command, "detect", "--json", "--quiet", *names], cwd=folder, check=True, capture_output=True,
                            text=True).stdout
    turns = dict.fromkeys(names, 0)
    for photo in map(json.loads, answer.splitlines()):
        middle = np.array(Image.open(os.path.join(folder, photo["file"])).size) / 2
        faces = sorted(photo["faces"], key=lambda f: np.linalg.norm(np.add(f["box"][:2], np.divide(f["box"][2:], 2)) - middle))
        for face in faces[:1]:
            left, right, nose = np.array(face["landmarks"][:3])
            turns[photo["file"]] = abs((nose - (left + right) / 2) @ (right - left)) / ((right - left) @ (right - left))
    return [pair for pair in some if max(turns[pair[0]], turns[pair[1]]) > TURN]


def main(lfw, command, output, conditions):
    lists = {part: os.path.join(lfw, part + "-pairs.csv") for part in ("train", "test")}
    train, test = pairs(lists["train"]), pairs(lists["test"])
    names = sorted({name for pair in train + test for name in pair[:2]})
    for condition in conditions.split():
        kept = os.path.join(output, condition + ".json")
        if not os.path.exists(kept):
            with tempfile.TemporaryDirectory() as folder:
                for name in names:
                    path = os.path.join(folder, name)
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    image = CONDITIONS[condition](Image.open(os.path.join(lfw, name)).convert("RGB"))
                    # Without another loss.
                    image.save(path, "PNG", compress_level=1)
                judged = turned(command, folder, test) if condition == "turned" else test
                own = dict(lists, test=os.path.join(folder, "judged-pairs.csv"))
                with open(own["test"], "w", newline="") as lines:
                    writer = csv.writer(lines)
                    writer.writerow(["left", "right", "same"])
                    writer.writerows([left, right, int(same)] for left, right, same in judged)
                result = {"condition": condition, "pairs": len(judged)}
                for quality in ("default", "best"):
                    result[quality] = ours(command, folder, own, quality)
                result["face_recognition"] = peer(folder, train, judged)
            with open(kept, "w") as file:
                file.write(json.dumps(result) + "\n")
        with open(kept) as file:
            print(file.read(), end="", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

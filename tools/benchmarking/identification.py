"""Trains face-match on a part of people's photos and names the rest; called by tools/evaluate-identification.

usage: identification.py PEOPLE FACE-MATCH RECIPE SEEDS halves|leave-one-out OUTPUT
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time


def link(folder, photos):
    """A folder of people whose photos are links; photos: (person, path)."""
    shutil.rmtree(folder, ignore_errors=True)
    for person, path in photos:
        place = folder / person
        place.mkdir(parents=True, exist_ok=True)
        os.symlink(path, place / path.name)


def named(command, known, photos, *options):
    """Of each photo of a folder its person and the face's answer."""
    run = subprocess.run([command, "identify", known, photos, "--aligned", "--json", *options], check=True, capture_output=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [(pathlib.Path(line["file"]).parent.name, line["faces"][0]) for line in lines]


def share(answers, test):
    return sum(test(person, face) for person, face in answers) / len(answers)


def judge(command, recipe, seed, folder, learned, tested):
    link(folder / "learned", learned)
    link(folder / "tested", tested)
    start = time.monotonic()
    subprocess.run(
        [command, "train", recipe, "--data", folder / "learned", "--aligned", "--seed", str(seed), "--output", folder / "run",
         "--overwrite"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    model = folder / "run" / "model.onnx"
    photos = named(command, folder / "learned", folder / "tested", "--embedder", model)
    people = named(command, model, folder / "tested")
    return {
        "seed": seed, "photos": len(photos), "seconds": round(seconds),
        "rank_1": share(photos, lambda person, face: face["nearest"] == person),
        "rank_1_of_people": share(people, lambda person, face: face["nearest"] == person),
        "right": share(photos, lambda person, face: face["name"] == person),
        "wrong": share(photos, lambda person, face: face["name"] not in (person, None)),
        "unknown": share(photos, lambda person, face: face["name"] is None)}


def main(people, command, recipe, seeds, mode, output):
    number = lambda path: [int(text) for text in re.findall(r"\d+", path.name)] or [0]
    all_photos = {
        folder.name: sorted((path for path in folder.iterdir() if path.is_file()), key=lambda path: (number(path), path.name))
        for folder in sorted(pathlib.Path(people).iterdir()) if folder.is_dir()}
    halves = {person: (photos[:len(photos) // 2], photos[len(photos) // 2:]) for person, photos in all_photos.items()}
    first = lambda keep: [(p, path) for p, (half, _) in halves.items() for place, path in enumerate(half) if keep(place)]
    if mode == "halves":
        rounds = [("all", first(lambda _: True), [(p, path) for p, (_, half) in halves.items() for path in half])]
    else:
        most = min(len(half) for half, _ in halves.values())
        rounds = [(str(k + 1), first(lambda place: place != k), first(lambda place: place == k)) for k in range(most)]
    results = []
    for name, learned, tested in rounds:
        for seed in range(1, int(seeds) + 1):
            results.append(judge(command, recipe, seed, pathlib.Path(output) / f"{name}-{seed}", learned, tested))
            print(json.dumps(results[-1]), flush=True)
    print(json.dumps({"mean_rank_1": sum(result["rank_1"] for result in results) / len(results)}))


if __name__ == "__main__":
    main(*sys.argv[1:])

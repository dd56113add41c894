"""Times the rows of rows.py, ours and the peers' in turns, and writes the results. tools/benchmark calls it.

Everybody has a process of its own that does a round each time it is asked: ours, the first peer, the second,
ours, ... with everybody first as often. So what disturbs the machine for a while disturbs all alike. Of
each the shortest time of all rounds counts. Needs nothing but Python; the peers need their packages.
"""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from rows import NETWORKS, ROWS

ROUND_SECONDS = 0.3
PAUSE_SECONDS = 0.02            # until the last one's threads have stopped spinning
FEWEST_ROUNDS = 3
FULL_SECONDS = 40               # of rounds for a row with one number of threads
QUICK_SECONDS = 110             # for all rows together, with their starts
START_SECONDS = 5               # about what a start takes
PATIENCE_SECONDS = 120          # until a start or a round is given up
HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = ["onnxruntime", "torch", "torch-channels-last"]
TREES = {"lightgbm": "lightgbm.txt", "xgboost": "xgboost.json"}     # files of trees.py
TRAINING_PEERS = ["torch", "torch-channels-last"]
OTHER_PEERS = ["dlib"]          # of rows that name them


class Failure(Exception):
    pass


class Participant:
    """A process that answers each line (seconds) with a round's figures."""

    def __init__(self, name, command):
        self.name = name
        self.rounds = []
        self.errors = tempfile.TemporaryFile("w+")
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=self.errors, text=True)
        except OSError as error:
            raise Failure(str(error)) from error

    def answer(self):
        watch = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        watch.start()
        try:
            line = self.process.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            status = self.process.wait()
            self.errors.seek(0)
            said = self.errors.read().strip().splitlines()
            raise Failure(said[-1] if said else f"ended with status {status} and without a word")
        try:
            result = json.loads(line)
        except ValueError:
            raise Failure(f"not a line of JSON: {line.strip()}") from None
        if "error" in result:
            raise Failure(result["error"])
        return result

    def round(self):
        try:
            self.process.stdin.write(f"{ROUND_SECONDS}\n")
            self.process.stdin.flush()
        except OSError:
            pass                    # it has ended: `answer` says why
        result = self.answer()
        self.rounds.append((result["minimum_us"], result["median_us"]))

    def close(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    @property
    def minimum(self):
        return min(minimum for minimum, _ in self.rounds)

    @property
    def median(self):
        return statistics.median(median for _, median in self.rounds)


def machine():
    model, flags = platform.machine(), []
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() == "model name":
                    model = value.strip()
                elif key.strip() == "flags":
                    flags = value.split()
                    break
    except OSError:
        pass
    wanted = [flag for flag in ("avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx512_bf16") if flag in flags]
    return f"{model}, {os.cpu_count()} CPUs, {' '.join(wanted) or 'no vector extensions named'}"


def has_avx512():
    """Whether ours is timed with AVX-512, and its figures are asked for."""
    wanted = os.environ.get("ENGRAM_ISA")
    return wanted == "avx512" if wanted else "avx512f" in machine()


def asked(row):
    return row.asked if row.asked_avx2 is None or has_avx512() else row.asked_avx2


def commands_of(row, threads, model, ours, trees):
    """Who takes part: a name and a command each, ours first."""
    options = ["--batch", str(row.batch), "--threads", str(threads)] + (["--train"] if row.train else []) + (
        ["--bf16"] if row.bf16 else []) + (["--input", f"input={trees}/rows-{row.batch}.npy"] if row.trees and trees else [])
    weights = ["--weights", row.weights] if row.weights else []
    yield "engram", [ours, "bench", model, *options, *weights, "--json", "--rounds-from-stdin"]
    for peer in row.peers or (TRAINING_PEERS if row.train else PEERS):
        if peer == "torch-channels-last" and not row.images:
            continue
        yield peer, [sys.executable, os.path.join(HERE, "peer.py"), peer, model, *options]
    if row.trees and trees:
        for peer, file in TREES.items():
            yield peer, [sys.executable, os.path.join(HERE, "peer.py"), peer, os.path.join(trees, file), *options]


def measure(row, threads, model, ours, trees, seconds, log):
    """All participants of one row; those that failed are in the second result, with their reason."""
    participants, failed, ready = [], {}, {}
    for name, command in commands_of(row, threads, model, ours, trees):
        try:
            participants.append(Participant(name, command))
        except Failure as failure:
            failed[name] = str(failure)

    def tried(participant, act):
        try:
            return act()
        except Failure as failure:
            failed[participant.name] = str(failure)
            log(f"   {participant.name}: {failure}")
            return None

    # They start all at once, and everybody is ready before the first round.
    for participant in participants:
        answer = tried(participant, participant.answer)
        if answer:
            ready[participant.name] = answer
    end, count = time.monotonic() + seconds, 0
    while count < FEWEST_ROUNDS or time.monotonic() < end:
        running = [participant for participant in participants if participant.name not in failed]
        if not running:
            break
        first = count % len(running)
        for participant in running[first:] + running[:first]:
            tried(participant, participant.round)
            time.sleep(PAUSE_SECONDS)
        count += 1
    for participant in participants:
        participant.close()
    return [p for p in participants if p.name not in failed and p.rounds], failed, ready


def summary(row, threads, results):
    """The row as benchmark.json has it; null where somebody is missing."""
    ours = next((p for p in results if p.name == "engram"), None)
    best = min((p for p in results if p.name != "engram"), key=lambda p: p.minimum, default=None)
    return {
        "name": row.name, "threads": threads,
        "ours_us": round(ours.minimum, 2) if ours else None,
        "peer": best.name if best else None,
        "peer_us": round(best.minimum, 2) if best else None,
        "ratio": round(best.minimum / ours.minimum, 3) if ours and best else None,
        "asked": asked(row),
    }


def columns(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]


def table(report):
    names = ["engram"] + [name for name in [*PEERS, *OTHER_PEERS, *TREES] if any(m["who"] == name for m in report["measurements"])]
    lines = [["network", "threads", *(f"{name} min/median" for name in names), "best peer : ours", "asked"]]
    loads = [["network", "threads", "loading, ms: engram", "onnxruntime", "memory, MB: engram", "onnxruntime"]]

    def found_for(row, name):
        return next((m for m in report["measurements"]
                     if (m["name"], m["threads"], m["who"]) == (row["name"], row["threads"], name)), None)

    for row in report["rows"]:
        ours, peer = found_for(row, "engram"), found_for(row, "onnxruntime")
        if ours and peer:
            loads.append([row["name"], str(row["threads"])]
                         + [f"{m['load_us'] / 1e3:.1f}" for m in (ours, peer)]
                         + [f"{(m['memory'] or 0) / 1e6:.1f}" for m in (ours, peer)])
        cells = [row["name"], str(row["threads"])]
        for name in names:
            found = found_for(row, name)
            cells.append(f"{found['minimum_us']:.1f} / {found['median_us']:.1f}" if found else "-")
        cells.append("-" if row["ratio"] is None else f"{row['ratio']:.2f} ({row['peer']})")
        cells.append("-" if row["asked"] is None else f"{row['asked']:.2f}")
        lines.append(cells)
    text = [f"Microseconds a call, {report['date']}, {report['machine']}"]
    text += [f"{who} {version}" for who, version in report["versions"].items()]
    text += [f"missing: {line}" for line in report["missing"]]
    text += ["", *columns(lines), "", "From the file to what can run, and the memory that this and the first calls take", "",
             *columns(loads)]
    return "\n".join(text) + "\n"


def write(path, text):
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(f"{path}.new", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--commands", required=True, help="the folder of our commands")
    parser.add_argument("--output", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()

    def log(text):
        print(text, file=sys.stderr, flush=True)

    rows = [row for row in ROWS if arguments.only in row.name and (row.quick or not arguments.quick)]
    if not rows:
        log(f"benchmark: no row has '{arguments.only}' in its name; there are: {'; '.join(row.name for row in ROWS)}")
        return 64
    os.makedirs(arguments.output, exist_ok=True)
    engram = os.path.join(arguments.commands, "engram")
    measured = sum(len(row.threads) for row in rows)
    seconds = FULL_SECONDS
    if arguments.quick:
        seconds = min(FULL_SECONDS / 2, max(1, QUICK_SECONDS / measured - START_SECONDS))

    instructions = os.environ.get("ENGRAM_ISA")
    report = {"machine": machine() + (f", Engram with {instructions}" if instructions else ""), "rows": [], "date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}",
              "versions": {}, "missing": [], "measurements": []}
    status, missing = 0, {}
    with tempfile.TemporaryDirectory() as folder:
        models = {}
        for network in NETWORKS:
            if all(row.network != network.name for row in rows):
                continue
            models[network.name] = os.path.join(folder, f"{network.name}.onnx")
            program, *options = network.command
            command = [sys.executable, os.path.join(HERE, program)] if program.endswith(".py") else [
                os.path.join(arguments.commands, program)]
            command += options
            try:
                subprocess.run([*command, models[network.name]], check=True)
            except (OSError, subprocess.CalledProcessError) as error:
                log(f"benchmark: {network.name} could not be exported: {error}")
                return 1
        trees = None
        if any(row.trees for row in rows):
            trees = os.path.join(folder, "trees")
            command = [sys.executable, os.path.join(HERE, "trees.py"), os.path.join(arguments.commands, "fraud-score"), trees,
                       *(str(batch) for batch in sorted({row.batch for row in rows if row.trees}))]
            log("trees are learned")
            try:
                subprocess.run(command, check=True)
            except (OSError, subprocess.CalledProcessError) as error:
                log(f"benchmark: there are no trees: {error}")
                missing.setdefault(("lightgbm and xgboost", str(error)), []).extend(
                    f"{row.name}, threads {threads}" for row in rows if row.trees for threads in row.threads)
                trees = None
        for row in rows:
            for threads in row.threads:
                log(f"{row.name}, {threads} thread{'s' if threads > 1 else ''}")
                results, failed, ready = measure(row, threads, models[row.network], engram, trees, seconds, log)
                report["versions"].update({who: answer["version"] for who, answer in ready.items()})
                for who, why in failed.items():
                    missing.setdefault((who, why), []).append(f"{row.name}, threads {threads}")
                report["rows"].append(summary(row, threads, results))
                report["measurements"] += [
                    {"name": row.name, "threads": threads, "who": p.name, "rounds": len(p.rounds),
                     "minimum_us": round(p.minimum, 2), "median_us": round(p.median, 2),
                     "load_us": ready[p.name]["load_us"], "memory": ready[p.name]["memory"]} for p in results]
                if "engram" in failed:
                    status = 1

    report["missing"] = [f"{who} ({'all rows' if len(where) == measured else '; '.join(where)}): {why}"
                         for (who, why), where in missing.items()]
    text = table(report)
    write(os.path.join(arguments.output, "benchmark.txt"), text)
    path = os.path.join(arguments.output, "benchmark.json")
    write(path, json.dumps(report, indent=1) + "\n")
    picture = os.path.join(arguments.output, "benchmark.png")
    try:
        subprocess.run([engram, "benchmark-chart", path, picture], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        log(f"benchmark: the chart could not be drawn: {error}")
        status = 1
    print(text, end="")
    return status


if __name__ == "__main__":
    sys.exit(main())

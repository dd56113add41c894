"""PyTorch's LSTM over characters, trained for so many minutes: what `char-chat train` is held against.

usage: characters.py DATA [--minutes 10,30,60] [--threads N] [--embedding N] [--units N] [--layers N] [--dropout P]
                     [--batch N] [--steps N] [--peak RATE] [--averaging D] [--share 0.9] [--sets NAME,...] [--seed N]
                     [--float32]

DATA is a plain text, of which the first --share is learned and the rest judged in one pass; or a folder of dialogues
(*.jsonl, *.jsonl.gz), of which every twentieth line, from the eighth on, is held back and judged, each dialogue from an
empty memory, as `char-chat evaluate --line-modulo 20,7` does. As there the network reads who speaks next (a line break of
either speaker, or the beginning of a talk); a character that it has no number for is paid for by the escape and 20 bits.

nn.Embedding, nn.LSTM, nn.Linear; AdamW with weight decay 0.01 on matrices, warm-up of 200 steps and a cosine over the last
of --minutes, gradient norm 1, forget bias 1, an average of the weights that is judged (in float32), bf16 by autocast unless --float32,
state that goes on from stretch to stretch. At each of --minutes of training (judging is not counted, and a step during
which the process was stopped counts as a usual one) a line of JSON:
{"minutes", "characters", "nats_per_character", "bits_per_character", "files"}.
"""
import argparse
import collections
import copy
import gzip
import json
import math
import os
import random
import sys
import time
import unicodedata

import torch

REPEATS = {"chatterbot": 12, "personality-chat": 0.25}
BITS_PER_ESCAPE = 20


def dialogues(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["turns"] for line in lines]


class Talks:
    """Talks as numbers: 0 is a line break before the first speaker, `second` one before the other, `begin` one before a talk."""

    def __init__(self, folder, names, seed):
        self.random = random.Random(seed)
        self.sets, self.judged = [], {}
        files = [name for name in sorted(os.listdir(folder)) if ".jsonl" in name]
        talks = {name.split(".")[0]: dialogues(os.path.join(folder, name)) for name in files}
        talks = {name: content for name, content in talks.items() if name in names}
        counts = collections.Counter()
        for content in talks.values():
            for index, turns in enumerate(content):
                if index % 20 != 7:
                    counts.update("".join(turns))
        total, covered, known = sum(counts.values()), 0, []
        for character, count in counts.most_common():
            if covered >= 0.99995 * total:
                break
            known.append(character)
            covered += count
        self.numbers = {character: 2 + place for place, character in enumerate(known)}
        self.outputs = 2 + len(known)
        self.second, self.begin = self.outputs, self.outputs + 1
        self.inputs = self.outputs + 2
        for name, content in talks.items():
            encoded = [self.encode(turns) for turns in content]
            learned = [talk for index, talk in enumerate(encoded) if index % 20 != 7]
            self.sets.append((learned, REPEATS.get(name, 1)))
            self.judged[name] = [talk for index, talk in enumerate(encoded) if index % 20 == 7]

    def encode(self, turns):
        talk = []
        for place, turn in enumerate(turns):
            talk += [self.numbers.get(character, 1) for character in turn]
            talk.append(self.second if place % 2 == 0 else 0)
        return talk + [self.begin]

    def a_pass(self):
        chosen = []
        for learned, repeats in self.sets:
            chosen += learned * int(repeats)
            chosen += self.random.sample(learned, int((repeats - int(repeats)) * len(learned)))
        self.random.shuffle(chosen)
        return torch.tensor([number for talk in chosen for number in talk])

    def target(self, inputs):
        return torch.where(inputs < self.outputs, inputs, torch.zeros_like(inputs))


class Text:
    """A plain text as numbers; the first share of it is learned, over and over."""

    def __init__(self, path, share):
        with open(path, encoding="utf-8", newline="") as file:
            text = unicodedata.normalize("NFC", file.read().replace("\r\n", "\n"))
        learned = text[: int(share * len(text))]
        known = sorted(set(learned) - {"\n"})
        numbers = {"\n": 0} | {character: 2 + place for place, character in enumerate(known)}
        self.inputs = self.outputs = 2 + len(known)
        self.begin = 0
        encoded = [numbers.get(character, 1) for character in text]
        self.learned = torch.tensor(encoded[: len(learned)])
        self.judged = {"text": [encoded[len(learned):]]}

    def a_pass(self):
        return self.learned

    def target(self, inputs):
        return inputs


class Network(torch.nn.Module):
    def __init__(self, inputs, outputs, options):
        super().__init__()
        self.embedding = torch.nn.Embedding(inputs, options.embedding)
        self.lstm = torch.nn.LSTM(
            options.embedding, options.units, options.layers, dropout=options.dropout, batch_first=True)
        self.dropout = torch.nn.Dropout(options.dropout)
        self.dense = torch.nn.Linear(options.units, outputs)
        for name, bias in self.lstm.named_parameters():
            if "bias" in name:
                torch.nn.init.zeros_(bias)
                if "bias_ih" in name:
                    bias.data[options.units:2 * options.units] = 1

    def forward(self, x, state=None):
        x, state = self.lstm(self.dropout(self.embedding(x)), state)
        return self.dense(self.dropout(x)), state


@torch.no_grad()
def judge(network, data):
    network.eval()
    files, nats, characters = {}, 0.0, 0
    for name, texts in data.judged.items():
        own, count = 0.0, 0
        ordered = sorted(texts, key=len, reverse=True)
        for start in range(0, len(ordered), 64):
            group, state = ordered[start:start + 64], None
            for place in range(0, len(group[0]), 256):
                group = [text for text in group if len(text) > place]
                if state is not None:
                    state = tuple(part[:, :len(group)].contiguous() for part in state)
                width = min(256, len(group[0]) - place)
                padded = torch.full((len(group), width + 1), -1)
                for row, text in enumerate(group):
                    piece = ([data.begin] + text)[place:place + width + 1]
                    padded[row, :len(piece)] = torch.tensor(piece)
                logits, state = network(padded[:, :-1].clamp(min=0), state)
                targets = torch.where(padded[:, 1:] >= 0, data.target(padded[:, 1:]), -1)
                own += torch.nn.functional.cross_entropy(
                    logits.float().flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="sum").item()
                own += (targets == 1).sum().item() * BITS_PER_ESCAPE * math.log(2)
                count += (targets >= 0).sum().item()
        files[name] = round(own / count / math.log(2), 4)
        nats, characters = nats + own, characters + count
    return nats / characters, files


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("data")
    parser.add_argument("--sets", default="self-dialogue,topical-chat,synthetic-persona-chat,taskmaster,chatterbot,personality-chat")
    parser.add_argument("--minutes", default="10,30,60")
    for name, default in [("threads", 2), ("embedding", 256), ("units", 512), ("layers", 2), ("batch", 32),
                          ("steps", 128), ("seed", 1)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, default in [("dropout", 0.5), ("peak", 3e-3), ("averaging", 0.998), ("share", 0.9)]:
        parser.add_argument(f"--{name}", type=float, default=default)
    parser.add_argument("--float32", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    if os.path.isdir(options.data):
        data = Talks(options.data, options.sets.split(","), options.seed)
    else:
        data = Text(options.data, options.share)
    precision = lambda: torch.autocast("cpu", torch.bfloat16, enabled=not options.float32)  # noqa: E731
    network = Network(data.inputs, data.outputs, options)
    average = copy.deepcopy(network)
    matrices = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0}])
    marks = [float(minutes) * 60 for minutes in options.minutes.split(",")]
    total, spent, step, seen, state, windows = marks[-1], 0.0, 0, 0, None, iter(())
    usual = 0.0  # seconds of a step, averaged
    while marks:
        began = time.perf_counter()
        window = next(windows, None)
        if window is None:
            stream = data.a_pass()
            length = (len(stream) - 1) // options.batch // options.steps * options.steps
            rows = stream[:options.batch * length + 1].unfold(0, length + 1, length)
            windows = (rows[:, at:at + options.steps + 1] for at in range(0, length, options.steps))
            state, window = None, next(windows)
        network.train()
        rate = options.peak * 0.5 * (1 + math.cos(math.pi * min(1, spent / total)))
        if step < 200:
            rate = options.peak * (step + 1) / 200
        for group in optimizer.param_groups:
            group["lr"] = rate
        with precision():
            logits, state = network(window[:, :-1], state)
        state = tuple(part.detach() for part in state)
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), data.target(window[:, 1:]).flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimizer.step()
        with torch.no_grad():
            decay = min(options.averaging, (1 + step) / (10 + step))
            for mean, parameter in zip(average.parameters(), network.parameters()):
                mean.lerp_(parameter, 1 - decay)
        step, seen = step + 1, seen + options.batch * options.steps
        took = time.perf_counter() - began
        took = usual if step > 200 and took > 5 * usual else took
        usual = took if step < 2 else 0.95 * usual + 0.05 * took
        spent += took
        if step % 200 == 0:
            print(f"{spent / 60:.1f} min, {seen} characters, {seen / spent:.0f}/s, loss {loss.item():.4f}", file=sys.stderr)
        while marks and spent >= marks[0]:
            nats, files = judge(average, data)
            print(json.dumps({
                "minutes": marks.pop(0) / 60, "characters": seen, "nats_per_character": round(nats, 4),
                "bits_per_character": round(nats / math.log(2), 4), "files": files}), flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makes the golden log-mel images of Tests/AudioTests/Goldens, in double precision with numpy alone.

Usage: tools/goldens/logmel.py [--help | FOLDER]     (default: Tests/AudioTests/Goldens beside this script's repository)

Each golden is a text file: comment lines (#), then a line a frame with two hexadecimal digits a band, the lowest first.
The signals are made in whole numbers, so that the test makes the same ones bit for bit. Run with numpy 2.4.6.
"""

import os
import sys

import numpy as np

SEED = 20_240_611


def noise(count, amplitude, seed=SEED):
    """A linear congruential generator (Knuth's MMIX); its upper 31 bits, taken modulo 2 · amplitude + 1."""
    state, out = seed, np.zeros(count)
    for i in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out[i] = (state >> 33) % (2 * amplitude + 1) - amplitude
    return out


def sweep(count):
    """A sawtooth whose pitch rises from 61 Hz to about 4 kHz: 16-bit phase, step 250 + i."""
    phase, out = 0, np.zeros(count)
    for i in range(count):
        phase = (phase + 250 + i) % 65536
        out[i] = phase - 32768
    return out


def square(count):
    """Full scale, period 32 samples (500 Hz)."""
    return np.array([32767 if i // 16 % 2 == 0 else -32768 for i in range(count)], float)


def click(count):
    """Silence but for one sample."""
    out = np.zeros(count)
    out[count // 2] = 20000
    return out


def log_mel(samples):
    frame, hop, size, bands, rate = 480, 160, 512, 40, 16000
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame) / frame)
    starts = np.arange(0, len(samples) - frame + 1, hop)
    frames = samples[starts[:, None] + np.arange(frame)] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2 / frame

    mel = lambda f: 1127 * np.log(1 + f / 700)
    edges = np.linspace(mel(0), mel(4000), bands + 2)
    lines = mel(np.arange(size // 2 + 1) * rate / size)
    rise = (lines[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - lines[None]) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(0, np.minimum(rise, fall))
    return np.clip(np.round(10 * np.log(np.maximum(power @ weights.T, 1e-9))), 0, 255).astype(np.uint8)


SIGNALS = {
    "noise": lambda: noise(16000, 8000),
    "quiet": lambda: noise(8000, 3),
    "sweep": lambda: sweep(16000),
    "square": lambda: square(4000),
    "click": lambda: click(8000),
}


def main():
    if "--help" in sys.argv[1:]:
        sys.exit(print(__doc__))
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../Tests/AudioTests/Goldens")
    for name, make in SIGNALS.items():
        samples = make()
        with open(os.path.join(folder, f"logmel-{name}.txt"), "w") as out:
            out.write(f"# tools/goldens/logmel.py, numpy {np.__version__}, seed {SEED}\n")
            out.write(f"# {len(samples)} samples\n")
            for row in log_mel(samples):
                out.write(row.tobytes().hex() + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Makes the compressed recordings of Tests/AudioTests/Goldens, 4,000 samples at 16 kHz each: the sweep of logmel.py and
# a tone of 500 Hz.
# Usage: tools/goldens/soundfiles.sh [--help]     (needs python3 and sox 14.4.2 with FLAC and Ogg Vorbis)
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,4s/^# //p' "$0"; exit; fi
cd "$(dirname "$0")/../../Tests/AudioTests/Goldens"
sweep() {
    python3 - <<'PYTHON'
import struct, sys
phase = 0
for i in range(4000):
    phase = (phase + 250 + i) % 65536
    sys.stdout.buffer.write(struct.pack("<h", phase - 32768))
PYTHON
}
sweep | sox -D -t raw -r 16000 -e signed -b 16 -c 1 - sweep.flac
# A compressed file has a serial number, drawn by chance unless -R is said.
tone=(synth 0.25 sine 500 vol 0.48828125)
sox -D -R -n -r 16000 -c 1 -C 3 tone.ogg "${tone[@]}"
sox -D -R -n -r 16000 -c 1 -e ima-adpcm tone-adpcm.wav "${tone[@]}"

#!/usr/bin/env python3
"""Makes the golden files of Tests/ModelFilesTests/Goldens.

Needs numpy and onnx (made with numpy 2.4.6 and onnx 1.23.2). The safetensors files are put together by hand, so that each of
their bytes is known. The same versions give the same files.
"""

import argparse
import json
import pathlib
import struct
import warnings

import numpy as np

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ModelFilesTests" / "Goldens"


def npy(folder):
    """Every element type, both byte orders, both element orders, every version; values are 0, 1, 2, … of shape [2, 3]."""
    values = np.arange(6).reshape(2, 3)
    for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1"]:
        array = (values % 2 if kind == "b1" else values).astype(kind)
        for order, letter in [("<", "little"), (">", "big")]:
            if np.dtype(kind).itemsize == 1 and order == ">":
                continue
            np.save(folder / f"{kind}-{letter}.npy", array.astype(order + kind))
    for version in [(2, 0), (3, 0)]:
        with open(folder / f"version-{version[0]}.npy", "wb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.lib.format.write_array(file, values.astype("<f4"), version=version)
    np.save(folder / "scalar.npy", np.float32(2.5))
    np.save(folder / "vector.npy", np.arange(3, dtype="<f4"))
    np.save(folder / "empty.npy", np.zeros((0, 4), "<f4"))
    np.save(folder / "fortran.npy", np.asfortranarray(np.arange(24, dtype=">i2").reshape(2, 3, 4)))
    np.save(folder / "extremes.npy", np.array([-np.inf, np.nan, 1e300, 1e-300, 0.1], "<f8"))
    np.save(folder / "signed.npy", np.array([-1, -2**15, 2**15 - 1], "<i2"))
    np.save(folder / "unsigned.npy", np.array([0, 2**32 - 1], "<u4"))
    np.save(folder / "refused-u8.npy", np.arange(2, dtype="<u8"))
    np.save(folder / "refused-complex.npy", np.arange(2, dtype="<c8"))
    np.save(folder / "refused-text.npy", np.array(["ab"]))
    np.save(folder / "refused-record.npy", np.zeros(2, [("a", "<f4"), ("b", "<i4")]))


def safetensors(folder):
    """Every element type, and a text with what JSON escapes."""
    parts = [  # in the order of their bytes: widest first, then by name
        ("i64", "I64", [2], np.array([-1, 2**40], "<i8").tobytes()),
        ("f32", "F32", [1, 2], np.array([0.5, -2], "<f4").tobytes()),
        ("i32", "I32", [], np.array(-7, "<i4").tobytes()),
        ("bf16", "BF16", [2], struct.pack("<2H", 0x3FC0, 0xC000)),  # 1.5, -2
        ("f16", "F16", [2], np.array([1.5, -2], "<f2").tobytes()),
        ("bool", "BOOL", [2], bytes([0, 1])),
        ("empty", "U8", [0, 3], b""),
        ("i8", "I8", [2], bytes([0xFF, 0x7F])),
        ("u8", "U8", [3], bytes([0, 127, 255])),
    ]
    entries, data = {"__metadata__": {"labels": "yes\n\"no\"\\", "épreuve": "ü"}}, b""
    for name, dtype, shape, content in parts:
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    header = json.dumps(dict(sorted(entries.items())), ensure_ascii=False, separators=(",", ":"))
    header = header.replace("\\n", "\\u000a").encode()
    header += b" " * (-len(header) % 8)
    (folder / "every-type.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + data)


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, make in [("npy", npy), ("safetensors", safetensors)]:
        folder = GOLDENS / name
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)


if __name__ == "__main__":
    main()

"""Writes a network of face-match, as it is installed, for the benchmark.

usage: faces.py detector|embedder [HEIGHT WIDTH] FILE

With HEIGHT and WIDTH the network takes pictures of that size only. 'tools/setup --faces' installs the networks.
"""
import os
import sys

import onnx


def main(name, *rest):
    *size, path = rest
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    model = onnx.load(os.path.join(cache, "engram", "faces", name + ".onnx"))
    if size:
        for dimension, length in zip(model.graph.input[0].type.tensor_type.shape.dim[2:], size):
            dimension.dim_value = int(length)
        for output in model.graph.output:
            for dimension in output.type.tensor_type.shape.dim[2:]:
                dimension.Clear()
                dimension.dim_param = "cells_" + str(id(dimension))
    onnx.save(model, path)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Writes the onnx package's own node tests as folders: NAME/model.onnx, NAME/test_data_set_N/input_N.pb, output_N.pb.

usage: node_tests.py DIR

Needs numpy and onnx (used with numpy 2.4.6 and onnx 1.23.2). The package makes its cases in memory, from a seed of its own, and
writes only those of whole models; this writes the others in the same form. The same versions give the same files.
"""

import pathlib
import sys
import warnings

from onnx import TensorProto, numpy_helper


def message(value, info):
    """An input or output of a case as the message that its declared type asks for."""
    if isinstance(value, TensorProto):
        return value
    for kind, convert in [
        ("map_type", numpy_helper.from_dict),
        ("sequence_type", numpy_helper.from_list),
        ("optional_type", numpy_helper.from_optional),
    ]:
        if info.type.HasField(kind):
            return convert(value, info.name)
    return numpy_helper.from_array(value, info.name)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    warnings.simplefilter("ignore")
    from onnx.backend.test.loader import load_node_model_tests

    for case in load_node_model_tests():
        # The defaults, which `engram test` has too.
        assert (case.rtol, case.atol) == (1e-3, 1e-7), case.name
        graph = case.model.graph
        (folder / case.name).mkdir(parents=True)
        (folder / case.name / "model.onnx").write_bytes(case.model.SerializeToString(deterministic=True))
        for number, data_set in enumerate(case.data_sets):
            place = folder / case.name / f"test_data_set_{number}"
            place.mkdir()
            for kind, values, infos in zip(["input", "output"], data_set, [graph.input, graph.output]):
                for index, value in enumerate(values):
                    data = message(value, infos[index]).SerializeToString(deterministic=True)
                    (place / f"{kind}_{index}.pb").write_bytes(data)


main()

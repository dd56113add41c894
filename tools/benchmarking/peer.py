"""One peer on one row, in a process of its own: the other side of `engram bench --rounds-from-stdin`.

usage: peer.py PEER MODEL --batch N --threads N [--train] [--input NAME=x.npy]
                                          (PEER: onnxruntime, torch, torch-channels-last, dlib, lightgbm, xgboost)

Loads the model, runs it a few times, and prints {"peer", "version", "load_us", "memory"}: how long it took from the
file to something that can run, and by how many bytes the process has grown at most since before that (PyTorch's and dlib's
include the check against ONNX Runtime). Then, for each line on standard input, which is the length of a round in
seconds, it runs the model over and over for that long (at least once) and prints {"runs", "minimum_us", "median_us"}.
The end of the input ends it. An error is {"error"} and status 1.

A training step is forward, mean of the squared outputs, backward, and plain gradient descent at 0.0001.
"""
import argparse
import json
import statistics
import sys
import time


def example(path, batch, given):
    """An array for each input: given, floats, or the numbers 0 and 1; a first dimension without a length is the batch."""
    import numpy
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    constants = {tensor.name for tensor in graph.initializer}
    random = numpy.random.default_rng(1)
    result = {}
    for value in graph.input:
        if value.name in constants:
            continue
        if value.name in given:
            result[value.name] = given[value.name]
            continue
        kind = value.type.tensor_type
        shape = [dimension.dim_value if dimension.HasField("dim_value") else None for dimension in kind.shape.dim]
        if None in shape[1:]:
            raise ValueError(f"{path}: input {value.name} has a dimension without a length besides the batch")
        shape = [batch if length is None else length for length in shape]
        if kind.elem_type == onnx.TensorProto.FLOAT:
            result[value.name] = random.standard_normal(shape, dtype=numpy.float32)
        elif kind.elem_type == onnx.TensorProto.INT64:
            result[value.name] = random.integers(0, 2, shape)
        else:
            raise ValueError(f"{path}: input {value.name} is neither of floats nor of 64-bit integers")
    return result


def given(texts):
    """The arrays of files, by the inputs' names."""
    import numpy

    return {name: numpy.load(path) for name, _, path in (text.partition("=") for text in texts)}


def resident(field):
    """Bytes that the process has (VmRSS) or had at most (VmHWM)."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith(f"{field}:"))


def before_loading():
    """The bytes that the process has, and the time; its peak counts from here."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass
    return resident("VmRSS"), time.perf_counter_ns()


def onnxruntime_run(path, batch, threads, train, bf16, given):
    import onnxruntime

    if train:
        raise ValueError("ONNX Runtime does not train")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    inputs = example(path, batch, given)
    before, began = before_loading()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    loading = (time.perf_counter_ns() - began) / 1e3
    # Inputs and outputs bound once: the leanest way to call it.
    binding = session.io_binding()
    for name, x in inputs.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(x))
    for output in session.get_outputs():
        binding.bind_output(output.name)
    return onnxruntime.__version__, lambda: session.run_with_iobinding(binding), loading, before


def torch_run(path, batch, threads, train, bf16, given, channels_last=False):
    import torch

    import onnx_to_torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    inputs = {name: torch.from_numpy(x) for name, x in example(path, batch, given).items()}
    before, began = before_loading()
    network = onnx_to_torch.Network(path)
    loading = (time.perf_counter_ns() - began) / 1e3
    if channels_last:
        if any(x.dim() != 4 for x in inputs.values()):
            raise ValueError("channels_last is for images")
        network = network.to(memory_format=torch.channels_last)
        inputs = {name: x.contiguous(memory_format=torch.channels_last) for name, x in inputs.items()}
    if not train:
        network.eval()
        check(path, network, inputs)

        def infer():
            with torch.inference_mode():
                network(inputs)

        return torch.__version__, infer, loading, before

    network.train()
    descent = torch.optim.SGD(network.parameters(), lr=1e-4)

    def step():
        descent.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            outputs = network(inputs)
        outputs[0].float().square().mean().backward()
        descent.step()

    return torch.__version__, step, loading, before


def dlib_run(path, batch, threads, train, bf16, given):
    """dlib's own run of the network that `path` was converted from, as the package face_recognition_models has it, on chips of bytes."""
    import importlib.util
    import os

    import dlib
    import numpy

    (folder,) = importlib.util.find_spec("face_recognition_models").submodule_search_locations
    chips = list(numpy.random.default_rng(1).integers(0, 256, (batch, 150, 150, 3), dtype=numpy.uint8))
    before, began = before_loading()
    network = dlib.face_recognition_model_v1(os.path.join(folder, "models", "dlib_face_recognition_resnet_model_v1.dat"))
    loading = (time.perf_counter_ns() - began) / 1e3
    run = lambda: network.compute_face_descriptor(chips)
    check_dlib(path, chips, numpy.array([list(descriptor) for descriptor in run()]))
    return dlib.__version__, run, loading, before


def check_dlib(path, chips, descriptors):
    """Raises unless ONNX Runtime, where it is there, gives dlib's descriptors."""
    import numpy

    try:
        import onnxruntime
    except ImportError:
        return
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1        # no threads of its own beside the ones that are timed
    session = onnxruntime.InferenceSession(path, options)
    images = numpy.stack(chips).astype(numpy.float32).transpose(0, 3, 1, 2)
    (theirs,) = session.run(None, {session.get_inputs()[0].name: numpy.ascontiguousarray(images)})
    if not numpy.abs(theirs - descriptors).max() < 1e-4:
        raise ValueError(f"{path}: dlib's network is another one")


def lightgbm_run(path, batch, threads, train, bf16, given):
    import lightgbm

    (rows,) = given.values()
    before, began = before_loading()
    model = lightgbm.Booster(model_file=path)
    loading = (time.perf_counter_ns() - began) / 1e3
    return lightgbm.__version__, lambda: model.predict(rows, num_threads=threads), loading, before


def xgboost_run(path, batch, threads, train, bf16, given):
    import xgboost

    (rows,) = given.values()
    before, began = before_loading()
    model = xgboost.Booster({"nthread": threads}, model_file=path)
    loading = (time.perf_counter_ns() - began) / 1e3
    return xgboost.__version__, lambda: model.inplace_predict(rows), loading, before


def check(path, network, inputs):
    """Raises unless PyTorch's network gives ONNX Runtime's outputs, where that is there."""
    import numpy
    import torch

    try:
        import onnxruntime
    except ImportError:
        return
    with torch.inference_mode():
        ours = network(inputs)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1        # no threads of its own beside the ones that are timed
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {name: numpy.ascontiguousarray(x.numpy()) for name, x in inputs.items()})
    for mine, other in zip(ours, theirs):
        difference = float(numpy.abs(mine.numpy() - other).max() / max(1e-30, numpy.abs(other).max()))
        if not difference < 2e-3:
            raise ValueError(f"{path}: PyTorch and ONNX Runtime differ by {difference:.1e} of the largest output")


PEERS = {
    "onnxruntime": onnxruntime_run,
    "torch": torch_run,
    "torch-channels-last": lambda *arguments: torch_run(*arguments, channels_last=True),
    "dlib": dlib_run,
    "lightgbm": lightgbm_run,
    "xgboost": xgboost_run,
}


def timed_round(run, seconds):
    times = []
    end = time.perf_counter_ns() + int(seconds * 1e9)
    while True:
        began = time.perf_counter_ns()
        run()
        now = time.perf_counter_ns()
        times.append(now - began)
        if now >= end:
            break
    return {"runs": len(times), "minimum_us": min(times) / 1e3, "median_us": statistics.median(times) / 1e3}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("model")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--input", action="append", default=[])
    arguments = parser.parse_args()
    try:
        version, run, loading, before = PEERS[arguments.peer](arguments.model, arguments.batch, arguments.threads, arguments.train,
                                                            arguments.bf16, given(arguments.input))
        for _ in range(3):
            run()
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        return 1
    print(json.dumps({"peer": arguments.peer, "version": version, "load_us": round(loading, 1),
                      "memory": max(0, resident("VmHWM") - before)}), flush=True)
    for line in sys.stdin:
        print(json.dumps(timed_round(run, float(line))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

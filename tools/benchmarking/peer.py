"""One peer on one row, in a process of its own: the other side of `engram bench --rounds-from-stdin`.

usage: peer.py PEER MODEL --batch N --threads N [--train]     (PEER: onnxruntime, torch, torch-channels-last)

Loads the model, runs it a few times, and prints {"peer", "version"}. Then, for each line on standard input,
which is the length of a round in seconds, it runs the model over and over for that long (at least once) and
prints {"runs", "minimum_us", "median_us"}. The end of the input ends it. An error is {"error"} and status 1.

A training step is forward, mean of the squared outputs, backward, and plain gradient descent at 0.0001.
"""
import argparse
import json
import statistics
import sys
import time


def input_shape(path, batch):
    """The shape of the model's one input, its first dimension being the batch."""
    import onnx

    graph = onnx.load(path).graph
    constants = {tensor.name for tensor in graph.initializer}
    value = next(value for value in graph.input if value.name not in constants)
    dimensions = value.type.tensor_type.shape.dim
    if any(not dimension.HasField("dim_value") for dimension in dimensions[1:]):
        raise ValueError(f"{path}: input {value.name} has a dimension without a length besides the batch")
    return value.name, [batch] + [dimension.dim_value for dimension in dimensions[1:]]


def example(path, batch):
    import numpy

    name, shape = input_shape(path, batch)
    return name, numpy.random.default_rng(1).standard_normal(shape, dtype=numpy.float32)


def onnxruntime_run(path, batch, threads, train):
    import onnxruntime

    if train:
        raise ValueError("ONNX Runtime does not train")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name, x = example(path, batch)
    # Inputs and outputs bound once: the leanest way to call it.
    binding = session.io_binding()
    binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(x))
    for output in session.get_outputs():
        binding.bind_output(output.name)
    return onnxruntime.__version__, lambda: session.run_with_iobinding(binding)


def torch_run(path, batch, threads, train, channels_last=False):
    import torch

    import onnx_to_torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    network = onnx_to_torch.Network(path)
    x = torch.from_numpy(example(path, batch)[1])
    if channels_last:
        if x.dim() != 4:
            raise ValueError("channels_last is for images")
        network, x = network.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if not train:
        network.eval()
        check(path, network, x)

        def infer():
            with torch.inference_mode():
                network(x)

        return torch.__version__, infer

    network.train()
    descent = torch.optim.SGD(network.parameters(), lr=1e-4)

    def step():
        descent.zero_grad(set_to_none=True)
        network(x).square().mean().backward()
        descent.step()

    return torch.__version__, step


def check(path, network, x):
    """Raises unless PyTorch's network gives ONNX Runtime's output, where that is there."""
    import numpy
    import torch

    try:
        import onnxruntime
    except ImportError:
        return
    with torch.inference_mode():
        ours = network(x).numpy()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1        # no threads of its own beside the ones that are timed
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {session.get_inputs()[0].name: numpy.ascontiguousarray(x.numpy())})[0]
    difference = float(numpy.abs(ours - theirs).max() / max(1e-30, numpy.abs(theirs).max()))
    if not difference < 2e-3:
        raise ValueError(f"{path}: PyTorch and ONNX Runtime differ by {difference:.1e} of the largest output")


PEERS = {
    "onnxruntime": onnxruntime_run,
    "torch": torch_run,
    "torch-channels-last": lambda *arguments: torch_run(*arguments, channels_last=True),
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
    arguments = parser.parse_args()
    try:
        version, run = PEERS[arguments.peer](arguments.model, arguments.batch, arguments.threads, arguments.train)
        for _ in range(3):
            run()
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        return 1
    print(json.dumps({"peer": arguments.peer, "version": version}), flush=True)
    for line in sys.stdin:
        print(json.dumps(timed_round(run, float(line))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

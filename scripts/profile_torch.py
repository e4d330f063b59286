"""Measures steps of classic networks in the user's PyTorch: median time, peak memory, repeats.

Started by `foretoken profile torch`; runs alone too: python3 profile_torch.py --out profile.csv
Needs torch and torchvision. Every configuration is one row, written as soon as it is measured; a further run
goes on where the file ends. Rows that ran out of memory are kept: they say what does not fit.
The columns are those of data/cost/pytorch-gpus.csv, and more. A plan (--plan) names the rows in the order in which they are measured;
otherwise they are all combinations of the flags, in any order. --describe writes what they were measured on, and on CUDA
the rates of the device.

On CUDA steps are timed by events, each waited for; cudnn.benchmark is off, as it is unless a program asks for it. The allocator starts empty
for each row: peak_bytes is torch.cuda.max_memory_allocated(). On a processor it is the same quantity, from the allocations that
torch.profiler records: parameters, buffers, batch, activations, gradients, state of the optimizer; not what oneDNN takes for itself.
Both hardly differ from run to run. Times of a shared processor do: reference_ms is what a small fixed piece
of work took between the steps of a row, so that rows can be compared at one pace. Memory that is freed is kept there for the next step,
as on CUDA: giving it back costs more than some steps.
"""

import argparse
import contextlib
import csv
import ctypes
import gc
import itertools
import os
import statistics
import sys
import time

import torch_rates
from torch_plan import NETWORKS, PLANNED, grid, planned

COLUMNS = (
    "network,device,precision,phase,optimizer,batch,image_size,repeat,time_ms_median,time_ms_mean,time_ms_std,runs,"
    "peak_bytes,allocated_bytes,reserved_bytes,outcome,includes_h2d_copy,threads,software,time_ms_min,reference_ms"
).split(",")
STARTED = time.monotonic()
KEY = ("network", "device", "precision", "phase", "optimizer", "batch", "image_size", "repeat")
# Networks up to this size are made once.
MOST_KEPT_BYTES = 300e6


def arguments():
    parser = argparse.ArgumentParser(description="Measures networks in this PyTorch.")
    parser.add_argument("--out", default="torch-profile.csv")
    parser.add_argument("--plan", help=f"CSV file of the rows to measure, in order; columns {','.join(PLANNED)}")
    parser.add_argument("--describe", help="JSON file to write what the rows are measured on, and the rates of the device")
    parser.add_argument("--describe-seconds", type=float, default=15, help="time kept for that at the end of --seconds")
    parser.add_argument("--networks", default=NETWORKS)
    parser.add_argument("--batches", default="1,4,16,64")
    parser.add_argument("--images", default="224")
    parser.add_argument("--phases", default="train,inference")
    parser.add_argument("--optimizers", default="sgd,adam")
    parser.add_argument("--measure", default="time,memory", help="on a processor: time, memory or both")
    parser.add_argument("--precisions", default="float32")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--steps", type=int, default=10, help="timed steps of a row, after warm-up")
    parser.add_argument("--least-steps", type=int, default=3, help="timed steps of a row, however long they take")
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=1, help="rows of each configuration, for the noise floor")
    parser.add_argument("--repeat-share", type=float, default=1, help="share of the configurations that has repeats")
    parser.add_argument("--step-seconds", type=float, default=10, help="fewer steps are timed where they take longer")
    parser.add_argument("--most-gflop", type=float, default=0, help="steps of more (10^9 FLOP) are left out; 0: none is")
    parser.add_argument("--seconds", type=float, default=600, help="time since the start after which no other row is begun")
    parser.add_argument("--threads", type=int, default=0, help="threads on a processor; 0: PyTorch's own choice")
    parser.add_argument("--seed", type=int, default=1, help="for the order of the configurations")
    return parser.parse_args()


def fail(message):
    print(f"profile_torch: {message}", file=sys.stderr)
    sys.exit(2)


def load():
    # The profiler of memory tells of its beginning and end otherwise.
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")
    try:
        import torch
        import torchvision
    except ImportError as error:
        fail(f"{error}. Install both in this Python: {sys.executable} -m pip install torch torchvision")
    return torch, torchvision


class Measurement:
    def __init__(self, torch, torchvision, options, device, device_name):
        self.torch = torch
        self.torchvision = torchvision
        self.options = options
        self.device = device
        self.device_name = device_name
        self.kept = {}
        self.skeletons = {}
        self.current = None
        self.reference = None if device == "cuda" else reference_work(torch)

    def gflop(self, name):
        """10^9 FLOP of a forward pass for each pixel, about: a fully connected layer does not grow with the image."""
        from torch.utils.flop_counter import FlopCounterMode

        size = 128
        with FlopCounterMode(display=False) as counter:
            self.skeleton(name).eval()(self.torch.empty(1, 3, size, size, device="meta"))
        return counter.get_total_flops() / size**2 / 1e9

    def skeleton(self, name):
        """A network without memory for its weights."""
        torch = self.torch
        make = getattr(self.torchvision.models, name, None)
        if make is None:
            raise ValueError(f"torchvision {self.torchvision.__version__} has no network {name}")
        # Without auxiliary classifiers the graph is that of the published files.
        options = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
        with torch.device("meta"), contextlib.suppress(NotImplementedError):
            return make(**options)
        # RegNets compute with tensors while they are made.
        with torch.device(self.device):
            return make(**options).to("meta")

    def network(self, name):
        """A network with some weights: what they are does not change what a step costs."""
        if name in self.kept:
            return self.kept[name]
        torch = self.torch
        if self.device == "cuda":
            # What is kept would count as allocated, but for the network at hand.
            if self.current == name:
                return self.skeletons[name]
            if self.current is not None:
                self.skeletons[self.current].to("meta")
            if name not in self.skeletons:
                self.skeletons[name] = self.skeleton(name)
            self.current = name
        model = (self.skeletons.get(name) or self.skeleton(name)).to_empty(device=self.device)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.uniform_(-0.05, 0.05)
            for buffer in model.buffers():
                buffer.fill_(1)
        if self.device == "cpu" and bytes_of(model) < MOST_KEPT_BYTES:
            self.kept[name] = model
        return model

    def wait(self):
        if self.device == "cuda":
            self.torch.cuda.synchronize()

    def run(self, row):
        torch = self.torch
        gc.collect()
        dtype = getattr(torch, row["precision"])
        train = row["phase"] == "train"
        model = self.network(row["network"]).to(self.device, dtype)
        model.train(train)
        if self.device == "cuda":
            # As in a process that runs nothing else.
            getattr(torch._C, "_cuda_clearCublasWorkspaces", lambda: None)()
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        size = row["image_size"]

        def prepare():
            images = torch.randn(row["batch"], 3, size, size, device=self.device, dtype=dtype)
            labels = torch.randint(0, 1000, (row["batch"],), device=self.device)
            optimizer = self.optimizer(row["optimizer"], model) if train else None
            return lambda: self.step(model, images, labels, train, optimizer)

        try:
            if self.device == "cpu" and "memory" in self.options.measure:
                activities = [torch.profiler.ProfilerActivity.CPU]
                with torch.profiler.profile(activities=activities, profile_memory=True) as profiler:
                    step = prepare()
                    # The second step has gradients and the optimizer's state from the first: then nothing changes.
                    for _ in range(2 if train else 1):
                        step()
                row.update(peak_bytes=bytes_of(model) + most_allocated(profiler))
                model.zero_grad()
            if "time" in self.options.measure:
                self.time(prepare(), row)
        finally:
            model.zero_grad()
        row.update(outcome="ok")
        if self.device == "cuda":
            row.update(
                peak_bytes=torch.cuda.max_memory_allocated(),
                allocated_bytes=torch.cuda.memory_allocated(),
                reserved_bytes=torch.cuda.max_memory_reserved(),
            )

    def step(self, model, images, labels, train, optimizer):
        torch = self.torch
        if not train:
            with torch.no_grad():
                model(images)
            return
        model.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        if optimizer is not None:
            optimizer.step()

    def optimizer(self, name, model):
        optim = self.torch.optim
        return {
            "none": lambda: None,
            "sgd": lambda: optim.SGD(model.parameters(), lr=1e-3),
            "momentum": lambda: optim.SGD(model.parameters(), lr=1e-3, momentum=0.9),
            "adam": lambda: optim.Adam(model.parameters(), lr=1e-4),
            "adamw": lambda: optim.AdamW(model.parameters(), lr=1e-4),
            "rmsprop": lambda: optim.RMSprop(model.parameters(), lr=1e-4),
            "adagrad": lambda: optim.Adagrad(model.parameters(), lr=1e-4),
        }[name]()

    def time(self, step, row):
        # What Python's collector does in between is no part of a step.
        gc.disable()
        try:
            times, references = self.timed(step)
        finally:
            gc.enable()
        row.update(
            time_ms_median=f"{statistics.median(times):.6g}",
            time_ms_mean=f"{statistics.fmean(times):.6g}",
            time_ms_std=f"{statistics.stdev(times) if len(times) > 1 else 0:.4g}",
            time_ms_min=f"{min(times):.6g}",
            reference_ms=f"{statistics.median(references):.5g}" if references else "",
            runs=len(times),
        )

    def timed(self, step):
        """Milliseconds of steps, and of the piece of work between them."""
        options = self.options
        started = time.perf_counter()
        for at in range(options.warm_up):
            step()
            self.wait()
            if at > 0 and time.perf_counter() - started > options.step_seconds:
                break
        times = []
        references = []
        clock = self.events if self.device == "cuda" else self.wall
        started = time.perf_counter()
        while len(times) < options.steps:
            if self.reference is not None:
                references.append(self.wall(self.reference))
            times.append(clock(step))
            if time.perf_counter() - started > options.step_seconds and len(times) >= options.least_steps:
                break
        return times, references

    def wall(self, work):
        begun = time.perf_counter()
        work()
        return (time.perf_counter() - begun) * 1000

    def events(self, work):
        begin, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        work()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end)


def get_going(torch):
    """A second of products, so that the first rows find the device at its pace and the libraries loaded."""
    numbers = torch.rand(4096, 4096, device="cuda")
    started = time.monotonic()
    while time.monotonic() - started < 1:
        torch.mm(numbers, numbers)
        torch.cuda.synchronize()


def reference_work(torch):
    """Some milliseconds of arithmetic and of moving memory."""
    images = torch.rand(1, 64, 56, 56)
    weights = torch.rand(64, 64, 3, 3)
    numbers = torch.rand(2**21)

    def work():
        with torch.no_grad():
            torch.nn.functional.conv2d(images, weights, padding=1)
            numbers.add_(1)

    return work


def keep_freed_memory():
    # M_MMAP_MAX, M_TRIM_THRESHOLD and M_TOP_PAD of glibc's malloc.h.
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((-4, 0), (-1, 2**31 - 1), (-2, 2**26)):
            mallopt(option, value)


def bytes_of(model):
    return sum(tensor.numel() * tensor.element_size() for tensor in itertools.chain(model.parameters(), model.buffers()))


def most_allocated(profiler):
    """Most bytes that were allocated at a time since the profiler began."""
    changes = [
        (event.start_ns(), event.nbytes())
        for event in profiler.profiler.kineto_results.events()
        if event.name() == "[memory]"
    ]
    return max(itertools.accumulate((size for _, size in sorted(changes, key=lambda change: change[0])), initial=0))


def is_out_of_memory(torch, error):
    kinds = tuple(kind for kind in (getattr(torch.cuda, "OutOfMemoryError", None), MemoryError) if kind)
    return isinstance(error, kinds) or "out of memory" in str(error) or "can't allocate memory" in str(error)


def main():
    options = arguments()
    torch, torchvision = load()
    device = options.device if options.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        fail("this PyTorch finds no CUDA device")
    if device == "cpu":
        keep_freed_memory()
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    torch.set_flush_denormal(True)
    device_name = torch.cuda.get_device_name() if device == "cuda" else cpu_name()
    threads = torch.get_num_threads() if device == "cpu" else ""
    software = f"torch {torch.__version__} torchvision {torchvision.__version__}"
    done = set()
    fresh = not os.path.exists(options.out) or os.path.getsize(options.out) == 0
    if not fresh:
        with open(options.out, newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != COLUMNS:
                fail(f"{options.out} is no file of this program: its columns are others. Name another --out")
            done = {tuple(row[name] for name in KEY) for row in reader}
    measurement = Measurement(torch, torchvision, options, device, device_name)
    fixed = {"device": device_name, "includes_h2d_copy": 0, "threads": threads, "software": software}
    try:
        plan = planned(options.plan) if options.plan else grid(options, measurement)
    except (OSError, ValueError) as error:
        fail(error)
    plan = [{**dict.fromkeys(COLUMNS, ""), **fixed, **row} for row in plan]
    plan = [row for row in plan if tuple(str(row[name]) for name in KEY) not in done]
    if options.describe:
        about = torch_rates.describe(torch, torchvision, cpu_name())
        torch_rates.write(options.describe, about)
        until = options.seconds - options.describe_seconds
    else:
        until = options.seconds
    if device == "cuda":
        get_going(torch)
    # What is there by now stays: looking through it for every row would take longer than some rows.
    gc.collect()
    gc.freeze()
    written = 0
    with open(options.out, "a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if fresh:
            writer.writeheader()
        for place, row in enumerate(plan):
            if time.monotonic() - STARTED > until:
                break
            try:
                measurement.run(row)
            except Exception as error:  # noqa: BLE001: one configuration must not end the others
                # Images too small for a network, or batch norm of a single number: no row.
                if not is_out_of_memory(torch, error):
                    print(f"{row['network']} {row['phase']} {row['batch']}x{row['image_size']}: {error}", file=sys.stderr)
                    continue
                row.update(outcome="out_of_memory")
            writer.writerow(row)
            file.flush()
            written += 1
            print(
                f"{place + 1}/{len(plan)} {row['network']} {row['phase']} {row['batch']}x{row['image_size']} "
                f"{row['optimizer']} {row['precision']}: {row['time_ms_median'] or row['outcome']}",
                flush=True,
            )
    if options.describe and device == "cuda":
        about["rates"] = torch_rates.Rates(torch, options.seconds - (time.monotonic() - STARTED)).all()
        torch_rates.write(options.describe, about)
    print(f"{written} rows in {options.out}; {len(plan) - written} not measured; {time.monotonic() - STARTED:.0f} s")


def cpu_name():
    try:
        with open("/proc/cpuinfo") as info:
            for line in info:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip().replace(",", " ")
    except OSError:
        pass
    return "cpu"


if __name__ == "__main__":
    main()

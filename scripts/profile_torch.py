"""Measures steps of classic networks in the user's PyTorch: median time, peak memory, repeats.

Started by `foretoken profile torch`; runs alone too: python3 profile_torch.py --out profile.csv
Needs torch and torchvision. Every configuration is one row, written as soon as it is measured; a further run
goes on where the file ends. Rows that ran out of memory are kept: they say what does not fit.
The columns are those of data/cost/pytorch-gpus.csv, and more.
"""

import argparse
import contextlib
import csv
import ctypes
import gc
import itertools
import os
import random
import statistics
import sys
import time

COLUMNS = (
    "network,device,precision,phase,optimizer,batch,image_size,repeat,time_ms_median,time_ms_mean,time_ms_std,runs,"
    "peak_bytes,allocated_bytes,reserved_bytes,outcome,includes_h2d_copy,threads,software"
).split(",")
KEY = ("network", "device", "precision", "phase", "optimizer", "batch", "image_size", "repeat")
# The classic networks of DNNAbacus's kind (arXiv 2205.12095, table 1) that torchvision has.
NETWORKS = (
    "alexnet,vgg11,vgg13,vgg16,vgg19,vgg16_bn,resnet18,resnet34,resnet50,resnet101,resnet152,resnext50_32x4d,"
    "wide_resnet50_2,densenet121,densenet161,densenet169,densenet201,googlenet,inception_v3,mobilenet_v2,"
    "mobilenet_v3_small,mobilenet_v3_large,shufflenet_v2_x0_5,shufflenet_v2_x1_0,squeezenet1_0,squeezenet1_1,"
    "mnasnet0_5,mnasnet1_0,efficientnet_b0"
)
SMALLEST_IMAGE = {"inception_v3": 75, "alexnet": 63, "squeezenet1_0": 32, "squeezenet1_1": 32}


def arguments():
    parser = argparse.ArgumentParser(description="Measures networks in this PyTorch.")
    parser.add_argument("--out", default="torch-profile.csv")
    parser.add_argument("--networks", default=NETWORKS)
    parser.add_argument("--batches", default="1,4,16,64")
    parser.add_argument("--images", default="224")
    parser.add_argument("--phases", default="train,inference")
    parser.add_argument("--optimizers", default="sgd,adam")
    parser.add_argument("--precisions", default="float32")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--steps", type=int, default=10, help="timed steps of a row, after warm-up")
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=1, help="rows of each configuration, for the noise floor")
    parser.add_argument("--step-seconds", type=float, default=10, help="fewer steps are timed where they take longer")
    parser.add_argument("--seconds", type=float, default=600, help="time after which no other row is begun")
    parser.add_argument("--threads", type=int, default=0, help="threads on a processor; 0: PyTorch's own choice")
    parser.add_argument("--seed", type=int, default=1, help="for the order of the configurations")
    return parser.parse_args()


def fail(message):
    print(f"profile_torch: {message}", file=sys.stderr)
    sys.exit(2)


def load():
    try:
        import torch
        import torchvision
    except ImportError as error:
        fail(f"{error}. Install both in this Python: {sys.executable} -m pip install torch torchvision")
    return torch, torchvision


def resident(field):
    """Bytes of this process now (VmRSS) or at most (VmHWM); only Linux tells."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(field):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def forget_peak():
    # What earlier networks left with the C library would hide what this one takes.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")


class Measurement:
    def __init__(self, torch, torchvision, options, device, device_name):
        self.torch = torch
        self.torchvision = torchvision
        self.options = options
        self.device = device
        self.device_name = device_name

    def network(self, name):
        models = self.torchvision.models
        make = getattr(models, name, None)
        if make is None:
            raise ValueError(f"torchvision {self.torchvision.__version__} has no network {name}")
        # Without auxiliary classifiers the graph is that of the published files.
        if name in ("googlenet", "inception_v3"):
            with contextlib.suppress(TypeError):
                return make(aux_logits=False, init_weights=False)
        return make()

    def wait(self):
        if self.device == "cuda":
            self.torch.cuda.synchronize()

    def run(self, row):
        torch = self.torch
        gc.collect()
        before = 0
        if self.device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        else:
            forget_peak()
            before = resident("VmRSS")
        dtype = getattr(torch, row["precision"])
        train = row["phase"] == "train"
        model = self.network(row["network"]).to(self.device, dtype)
        model.train(train)
        size = row["image_size"]
        images = torch.randn(row["batch"], 3, size, size, device=self.device, dtype=dtype)
        labels = torch.randint(0, 1000, (row["batch"],), device=self.device)
        loss_of = torch.nn.CrossEntropyLoss()
        optimizer = None
        if train and row["optimizer"] != "none":
            optimizer = {
                "sgd": lambda: torch.optim.SGD(model.parameters(), lr=1e-3),
                "momentum": lambda: torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9),
                "adam": lambda: torch.optim.Adam(model.parameters(), lr=1e-4),
                "adamw": lambda: torch.optim.AdamW(model.parameters(), lr=1e-4),
                "rmsprop": lambda: torch.optim.RMSprop(model.parameters(), lr=1e-4),
                "adagrad": lambda: torch.optim.Adagrad(model.parameters(), lr=1e-4),
            }[row["optimizer"]]()

        def step():
            if not train:
                with torch.no_grad():
                    model(images)
                return
            model.zero_grad()
            loss_of(model(images), labels).backward()
            if optimizer is not None:
                optimizer.step()

        for _ in range(self.options.warm_up):
            step()
        self.wait()
        times = []
        started = time.perf_counter()
        while len(times) < self.options.steps:
            begun = time.perf_counter()
            step()
            self.wait()
            times.append((time.perf_counter() - begun) * 1000)
            if time.perf_counter() - started > self.options.step_seconds and len(times) >= 3:
                break
        row.update(
            time_ms_median=f"{statistics.median(times):.6g}",
            time_ms_mean=f"{statistics.fmean(times):.6g}",
            time_ms_std=f"{statistics.stdev(times) if len(times) > 1 else 0:.4g}",
            runs=len(times),
            outcome="ok",
        )
        if self.device == "cuda":
            row.update(
                peak_bytes=torch.cuda.max_memory_allocated(),
                allocated_bytes=torch.cuda.memory_allocated(),
                reserved_bytes=torch.cuda.max_memory_reserved(),
            )
        elif before is not None:
            row.update(peak_bytes=max(0, resident("VmHWM") - before))


def is_out_of_memory(torch, error):
    kinds = tuple(kind for kind in (getattr(torch.cuda, "OutOfMemoryError", None), MemoryError) if kind)
    return isinstance(error, kinds) or "out of memory" in str(error) or "can't allocate memory" in str(error)


def main():
    options = arguments()
    torch, torchvision = load()
    device = options.device if options.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        fail("this PyTorch finds no CUDA device")
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(options.seed)
    device_name = torch.cuda.get_device_name() if device == "cuda" else cpu_name()
    threads = torch.get_num_threads() if device == "cpu" else ""
    software = f"torch {torch.__version__} torchvision {torchvision.__version__}"

    def many(text, kind=str):
        return [kind(part) for part in text.split(",") if part != ""]

    done = set()
    fresh = not os.path.exists(options.out) or os.path.getsize(options.out) == 0
    if not fresh:
        with open(options.out, newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != COLUMNS:
                fail(f"{options.out} is no file of this program: its columns are others. Name another --out")
            done = {tuple(row[name] for name in KEY) for row in reader}
    plan = []
    for network, batch, size, phase, precision, repeat in itertools.product(
        many(options.networks),
        many(options.batches, int),
        many(options.images, int),
        many(options.phases),
        many(options.precisions),
        range(options.repeats),
    ):
        if size < SMALLEST_IMAGE.get(network, 1):
            continue
        for optimizer in many(options.optimizers) if phase == "train" else ["none"]:
            row = dict.fromkeys(COLUMNS, "")
            row.update(network=network, device=device_name, precision=precision, phase=phase, optimizer=optimizer)
            row.update(batch=batch, image_size=size, repeat=repeat, includes_h2d_copy=0, threads=threads)
            row.update(software=software)
            if tuple(str(row[name]) for name in KEY) not in done:
                plan.append(row)
    # In any order, so that a run that is ended early has seen a bit of everything, and repeats lie apart.
    random.Random(options.seed).shuffle(plan)
    measurement = Measurement(torch, torchvision, options, device, device_name)
    started = time.monotonic()
    written = 0
    with open(options.out, "a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if fresh:
            writer.writeheader()
        for place, row in enumerate(plan):
            if time.monotonic() - started > options.seconds:
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
                f"{row['optimizer']} {row['precision']}: {row['time_ms_median'] or row['outcome']} ms",
                flush=True,
            )
    print(f"{written} rows in {options.out}; {len(plan) - written} not measured")


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

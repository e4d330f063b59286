"""What profile_torch.py measures on, and the rates of a CUDA device: bandwidth, products by precision, what starting operators takes."""

import copy
import json
import os
import platform
import subprocess
import sys
import time

TERA = 1e12
SECONDS_EACH = 0.4
# The type of the numbers, and whether products of them may be computed in TF32.
PRECISIONS = {
    "fp32": ("float32", False),
    "tf32": ("float32", True),
    "bf16": ("bfloat16", True),
    "fp16": ("float16", True),
    "fp64": ("float64", True),
}


def describe(torch, torchvision, host):
    """Versions, settings and the machine, as a dictionary for JSON."""
    cuda = torch.cuda.is_available()
    return {
        "device": torch.cuda.get_device_name() if cuda else host,
        "host": host,
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "command": " ".join(sys.argv),
        "software": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version() if cuda else None,
            "driver": asked("driver_version"),
        },
        "settings": {
            "cudnn.benchmark": torch.backends.cudnn.benchmark,
            "cudnn.allow_tf32": torch.backends.cudnn.allow_tf32,
            "matmul.allow_tf32": torch.backends.cuda.matmul.allow_tf32,
            "timing": "CUDA events round each step, each waited for" if cuda else "wall clock round each step",
        },
    }


def asked(field):
    """What nvidia-smi says of the first device."""
    try:
        command = ["nvidia-smi", f"--query-gpu={field}", "--format=csv,noheader,nounits", "--id=0"]
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def write(file, about):
    with open(file, "w", encoding="utf-8") as out:
        json.dump(about, out, indent=1)
        out.write("\n")


class Rates:
    def __init__(self, torch, seconds):
        self.torch = torch
        self.until = time.monotonic() + seconds

    def all(self):
        """Each rate by its name; those that the time did not suffice for, or that the device does not have, are left out."""
        torch = self.torch
        properties = torch.cuda.get_device_properties(0)
        rates = {
            "multiprocessors": properties.multi_processor_count,
            "memory_gb": round(properties.total_memory / 2**30, 2),
            "cache_mb": round(getattr(properties, "L2_cache_size", 0) / 2**20, 1),
            "watts": asked("power.limit"),
            "clock_mhz_most": asked("clocks.max.sm"),
        }
        measures = {
            "bandwidth_gb_s": self.bandwidth,
            **{f"matmul_tflops_{name}": lambda name=name: self.matmul(name) for name in PRECISIONS},
            **{f"conv3x3_tflops_{name}": lambda name=name: self.convolution(name) for name in PRECISIONS},
            "host_us_an_operator": self.host_operator,
            "device_us_a_kernel": self.empty_kernel,
            "inference_us_a_layer": lambda: self.layers(False),
            "training_us_a_layer": lambda: self.layers(True),
            "clock_mhz_at_work": self.clock,
        }
        for name, measure in measures.items():
            if time.monotonic() > self.until:
                break
            try:
                rates[name] = measure()
            except Exception as error:  # noqa: BLE001: one rate must not end the others
                print(f"{name}: {error}", file=sys.stderr)
        return rates

    def seconds(self, work, least=5):
        """The median of a run, by events."""
        torch = self.torch
        for _ in range(3):
            work()
        torch.cuda.synchronize()
        times = []
        started = time.monotonic()
        while len(times) < least or time.monotonic() - started < SECONDS_EACH:
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            work()
            end.record()
            end.synchronize()
            times.append(begin.elapsed_time(end) / 1e3)
        return sorted(times)[len(times) // 2]

    def bandwidth(self):
        """Read and written by a copy of one large block to another."""
        source = self.torch.rand(2**28, device="cuda")
        target = self.torch.empty_like(source)
        return round(2 * 4 * 2**28 / self.seconds(lambda: target.copy_(source)) / 1e9, 1)

    def matmul(self, name):
        torch = self.torch
        dtype, tf32 = PRECISIONS[name]
        side = 4096 if name in ("fp64", "fp32") else 8192
        a, b = (torch.rand(side, side, device="cuda", dtype=torch.float32).to(getattr(torch, dtype)) for _ in range(2))
        before = torch.backends.cuda.matmul.allow_tf32
        torch.backends.cuda.matmul.allow_tf32 = tf32
        try:
            return round(2 * side**3 / self.seconds(lambda: torch.mm(a, b)) / TERA, 2)
        finally:
            torch.backends.cuda.matmul.allow_tf32 = before

    def convolution(self, name):
        torch = self.torch
        dtype, tf32 = PRECISIONS[name]
        batch, channels, side = 64, 256, 28
        images = torch.rand(batch, channels, side, side, device="cuda").to(getattr(torch, dtype))
        weights = torch.rand(channels, channels, 3, 3, device="cuda").to(getattr(torch, dtype))
        before = torch.backends.cudnn.allow_tf32
        torch.backends.cudnn.allow_tf32 = tf32
        try:
            seconds = self.seconds(lambda: torch.nn.functional.conv2d(images, weights, padding=1))
        finally:
            torch.backends.cudnn.allow_tf32 = before
        return round(2 * batch * channels**2 * 9 * side**2 / seconds / TERA, 2)

    def host_operator(self):
        """Microseconds until the host has asked for a small operator."""
        numbers = self.torch.zeros(16, device="cuda")
        best = float("inf")
        for _ in range(20):
            self.torch.cuda.synchronize()
            started = time.perf_counter()
            for _ in range(500):
                numbers.add_(1)
            best = min(best, (time.perf_counter() - started) / 500)
        return round(1e6 * best, 3)

    def empty_kernel(self):
        """Microseconds of a kernel with nothing to do, in a graph of many."""
        torch = self.torch
        numbers = torch.zeros(16, device="cuda")
        numbers.add_(1)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for _ in range(500):
                numbers.add_(1)
        return round(1e6 * self.seconds(graph.replay) / 500, 3)

    def layers(self, training):
        """Microseconds of a small convolution with its normalisation and activation, in a step of many."""
        torch = self.torch
        count = 100
        layer = [torch.nn.Conv2d(8, 8, 3, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU()]
        model = torch.nn.Sequential(*(part for _ in range(count) for part in copy.deepcopy(layer))).cuda().train(training)
        images = torch.rand(2, 8, 8, 8, device="cuda")
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)

        def step():
            if not training:
                with torch.no_grad():
                    model(images)
                return
            model.zero_grad()
            model(images).sum().backward()
            optimizer.step()

        return round(1e6 * self.seconds(step) / count, 2)

    def clock(self):
        """While products are computed."""
        torch = self.torch
        a, b = (torch.rand(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
        for _ in range(600):
            torch.mm(a, b)
        clock = asked("clocks.sm")
        torch.cuda.synchronize()
        return clock

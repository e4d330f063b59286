"""The rows that profile_torch.py measures, in their order: those of a plan, or all combinations of its flags."""

import csv
import itertools
import random

# The classic networks of DNNAbacus's kind (arXiv 2205.12095, table 1) that torchvision has.
NETWORKS = (
    "alexnet,vgg11,vgg13,vgg16,vgg19,vgg16_bn,resnet18,resnet34,resnet50,resnet101,resnet152,resnext50_32x4d,"
    "wide_resnet50_2,densenet121,densenet161,densenet169,densenet201,googlenet,inception_v3,mobilenet_v2,"
    "mobilenet_v3_small,mobilenet_v3_large,shufflenet_v2_x0_5,shufflenet_v2_x1_0,squeezenet1_0,squeezenet1_1,"
    "mnasnet0_5,mnasnet1_0,efficientnet_b0"
)
# Rows between a configuration and its repeat.
APART = (20, 100)
PLANNED = ("network", "precision", "phase", "optimizer", "batch", "image_size", "repeat")
SMALLEST_IMAGE = {"inception_v3": 75, "alexnet": 63, "squeezenet1_0": 32, "squeezenet1_1": 32}


def many(text, kind=str):
    return [kind(part) for part in text.split(",") if part != ""]


def planned(file):
    with open(file, newline="") as plan:
        reader = csv.DictReader(plan)
        if tuple(reader.fieldnames or ()) != PLANNED:
            raise ValueError(f"{file} is no plan: its columns must be {','.join(PLANNED)}")
        return [{**row, **{name: int(row[name]) for name in ("batch", "image_size", "repeat")}} for row in reader]


def grid(options, measurement):
    gflop = {name: measurement.gflop(name) if options.most_gflop else 0 for name in many(options.networks)}
    plan = []
    for network, batch, size, phase, precision in itertools.product(
        many(options.networks),
        many(options.batches, int),
        many(options.images, int),
        many(options.phases),
        many(options.precisions),
    ):
        # A backward pass is twice a forward pass.
        work = gflop[network] * batch * size**2 * (3 if phase == "train" else 1)
        if size < SMALLEST_IMAGE.get(network, 1) or work > (options.most_gflop or work):
            continue
        for optimizer in many(options.optimizers) if phase == "train" else ["none"]:
            row = {"network": network, "precision": precision, "phase": phase, "optimizer": optimizer}
            plan.append({**row, "batch": batch, "image_size": size, "repeat": 0})
    return ordered(plan, options)


def ordered(configurations, options):
    """Any order, so that a run that is ended early has seen a bit of everything; repeats come a while after the first row."""
    chance = random.Random(options.seed)
    chance.shuffle(configurations)
    placed = [(place, row) for place, row in enumerate(configurations)]
    for place, row in enumerate(configurations):
        if chance.random() < options.repeat_share:
            for repeat in range(1, options.repeats):
                placed.append((place + repeat * chance.uniform(*APART), {**row, "repeat": repeat}))
    return [row for _, row in sorted(placed, key=lambda item: item[0])]

"""Writes the graphs of data/cost/networks/torchvision-any-size: AlexNet and the VGGs as ONNX whose images may have any size.

Their adaptive pooling before the classifier cannot be exported for sizes that are no multiple of its output; here it is a Resize to
the same output, which costs as little. Weights are not written. Needs torch, torchvision and onnx:
    python3 scripts/export-any-size.py data/cost/networks/torchvision-any-size
"""

import os
import sys

import torch
import torchvision

OUTPUTS = {"alexnet": 6, "vgg11": 7, "vgg13": 7, "vgg16": 7, "vgg16_bn": 7, "vgg19": 7}

for name, side in OUTPUTS.items():
    with torch.device("meta"):
        model = getattr(torchvision.models, name)()
    model = model.to_empty(device="cpu").train()
    model.avgpool = torch.nn.Upsample(size=(side, side), mode="nearest")
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, 224, 224),),
        os.path.join(sys.argv[1], f"{name}.onnx"),
        export_params=False,
        training=torch.onnx.TrainingMode.TRAINING,
        do_constant_folding=False,
        opset_version=13,
        input_names=["input"],
        dynamic_axes={"input": {0: "batch"}},
        dynamo=False,
    )

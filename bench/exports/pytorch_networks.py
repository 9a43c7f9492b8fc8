"""Networks of torchvision as .onnx files, with their values and gradients in float64, one after the other.

Weights are random, from a seed; so are those that a new network has at 0 or 1, which would hide faults. For each file a line of JSON is printed: { network, exporter, file, size, value, gradient } or { network, exporter,
cannot }; value and gradient are files of float32. The next file is made when a line is read from standard input, so that only one is on the disk.

    python pytorch_networks.py FOLDER [network ...] [exporter ...]
"""

import json
import logging
import os
import re
import sys
import warnings

import numpy as np
import torch
import torchvision.models as models
import torchvision.models.segmentation as segmentation

warnings.filterwarnings('ignore')
logging.disable(logging.WARNING)

NEWEST = 28
EXPORTERS = {
    'dynamo-20': {'dynamo': True, 'opset_version': 20},
    'torchscript': {'dynamo': False},
    f'dynamo-{NEWEST}': {'dynamo': True, 'opset_version': NEWEST},
    'dynamo-18': {'dynamo': True, 'opset_version': 18},
}

# Sizes are fixed. With free height and width, PyTorch 2.15 did not export swin_t within 25 minutes on busy cores: torch.export took 264 s, and the optimiser of
# the ONNX graph was not done. Exported for its own size, it dreams on other pictures in squares.
# The smallest of each family, and the side of its picture. Transformers take only their own; dynamo=False exports adaptive pools only where they
# divide the sides, as those of AlexNet and VGG do at 224 pixels.
CLASSIFIERS = {
    'squeezenet1_1': 64,
    'mobilenet_v3_small': 64,
    'shufflenet_v2_x0_5': 64,
    'mnasnet0_5': 64,
    'mobilenet_v2': 64,
    'regnet_x_400mf': 64,
    'regnet_y_400mf': 64,
    'efficientnet_b0': 64,
    'googlenet': 64,
    'densenet121': 64,
    'resnet18': 64,
    'convnext_tiny': 64,
    'inception_v3': 96,
    'swin_t': 224,
    'swin_v2_t': 256,
    'maxvit_t': 224,
    'vit_b_16': 224,
    'alexnet': 224,
    'vgg11': 224,
}
SEGMENTATION = {'lraspp_mobilenet_v3_large': 96, 'deeplabv3_mobilenet_v3_large': 96, 'fcn_resnet50': 64, 'deeplabv3_resnet50': 64}


class Out(torch.nn.Module):
    """Of the outputs of a segmentation only the classes."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, picture):
        return self.network(picture)['out']


def build(name, seed):
    torch.manual_seed(seed)
    if name in SEGMENTATION:
        network = Out(getattr(segmentation, name)(weights=None, weights_backbone=None))
    else:
        options = {'init_weights': False, 'aux_logits': False} if name == 'googlenet' else {}
        if name == 'inception_v3':
            options = {'init_weights': False}
        network = getattr(models, name)(weights=None, **options)
    randomize(network)
    return network.eval()


@torch.no_grad()
def randomize(network):
    """A new ViT has a classifier of zeros, a new ConvNeXt scales its blocks by 1e-6, and new normalisations do nothing."""
    for parameter in network.parameters():
        if parameter.abs().max() < 1e-3:
            parameter.normal_(0, 0.1 if parameter.dim() == 1 else parameter[0].numel() ** -0.5)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 1.5)
        if isinstance(module, (torch.nn.BatchNorm2d, torch.nn.LayerNorm)):
            module.weight.uniform_(0.5, 1.5)
            module.bias.normal_(0, 0.3)


def picture(side):
    return torch.sin(1.3 * torch.arange(3.0 * side * side, dtype=torch.float64)).reshape(1, 3, side, side)


def computed(network, pixels):
    """Output, and the gradient of half the sum of its squares to the picture."""
    pixels = pixels.requires_grad_()
    value = network(pixels)
    (value.square().sum() / 2).backward()
    return value.detach().numpy(), pixels.grad.numpy()


def reference(name, side):
    """Output and gradient in float64, and the seed: the first with which no number is so near the kink of a ReLU that float32 rounds across it."""
    for seed in range(1, 10):
        network = build(name, seed)
        _, rounded = computed(network, picture(side).float())
        value, gradient = computed(network.double(), picture(side))
        if np.abs(rounded - gradient).max() < 1e-4 * np.abs(gradient).max():
            return {'value': value.astype('<f4'), 'gradient': gradient.astype('<f4'), 'seed': seed}
    raise ValueError('its gradient in float32 differs from that in float64 with each of nine seeds')


def options_of(exporter):
    return EXPORTERS.get(exporter) or {'dynamo': True, 'opset_version': int(exporter.split('-')[1])}


def main():
    folder, *wanted = sys.argv[1:]
    sides = {**CLASSIFIERS, **SEGMENTATION}
    networks = [name for name in wanted if name in sides] or list(sides)
    exporters = [name for name in wanted if name in EXPORTERS or re.fullmatch(r'dynamo-\d+', name)] or list(EXPORTERS)
    for exporter in exporters:
        for name in networks:
            answer = {'network': name, 'exporter': exporter, 'size': sides[name]}
            try:
                kept = os.path.join(folder, f'{name}.npz')
                if not os.path.exists(kept):
                    np.savez(kept, **reference(name, sides[name]))
                with np.load(kept) as arrays:
                    network = build(name, int(arrays['seed']))
                    for part in ('value', 'gradient'):
                        answer[part] = os.path.join(folder, f'{part}.f32')
                        arrays[part].tofile(answer[part])
                answer['file'] = os.path.join(folder, 'network.onnx')
                with open(os.devnull, 'w') as nowhere:
                    printed, sys.stdout = sys.stdout, nowhere
                    try:
                        torch.onnx.export(network, (picture(sides[name]).float(),), answer['file'], **options_of(exporter))
                    finally:
                        sys.stdout = printed
            except Exception as error:  # what an exporter cannot do is part of the table
                answer['cannot'] = str(error).strip().split('\n')[0][:200]
            print(json.dumps(answer), flush=True)
            if not sys.stdin.readline():
                return


main()

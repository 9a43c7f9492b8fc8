"""Makes the fixtures of pytorch.test.ts: small random networks exported by PyTorch, with what PyTorch computes.

    python3 make-fixtures.py

Needs PyTorch 1.13 (its exporter writes opsets 9 to 17). Each network gives <name>-<opset>.onnx and an entry of pytorch.json:
the output, and the gradient of 0.5 * sum(output^2) by the input, both computed in float64 and rounded to six digits. Element
i of the input is sin(1.3 i). The weights are random but small in number, so that a file takes a few kB.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent


class Residual(nn.Module):
    """Convolutions with batch normalisation, a shortcut, both kinds of pools and a classifier."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(6)
        self.branch = nn.Conv2d(6, 6, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(6)
        self.classifier = nn.Linear(6, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm1(self.stem(x))), 3, stride=2, padding=1)
        x = F.relu(x + self.norm2(self.branch(x)))
        x = F.adaptive_avg_pool2d(x, 1)
        return self.classifier(torch.flatten(x, 1))


class Inception(nn.Module):
    """Parallel branches joined along the channels; a view with computed sizes before the classifier."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 4, 1)
        self.three = nn.Conv2d(3, 4, (1, 3), padding=(0, 1))
        self.five = nn.Conv2d(3, 2, 5, padding=2)
        self.classifier = nn.Linear(13 * 9, 4)

    def forward(self, x):
        pooled = F.avg_pool2d(x, 3, stride=1, padding=1)
        x = torch.cat([self.one(x), self.three(x), F.elu(self.five(x)), pooled], 1)
        x = F.max_pool2d(x, 3, stride=2, ceil_mode=True)
        x = F.avg_pool2d(x, 2, stride=2, ceil_mode=True, count_include_pad=False)
        return F.log_softmax(self.classifier(x.view(x.size(0), -1)), dim=1)


class Responses(nn.Module):
    """The stem of the networks of 2012 to 2014: local response normalisation and dropout."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.norm = nn.LocalResponseNorm(5, alpha=0.5, beta=0.75, k=2.0)
        self.grouped = nn.Conv2d(8, 4, 3, padding=1, groups=2)

    def forward(self, x):
        x = self.norm(F.relu(self.conv(x)))
        return F.dropout(F.leaky_relu(self.grouped(x), 0.1), 0.5, self.training)


class Mobile(nn.Module):
    """Inverted residual with depthwise convolution, squeeze-and-excitation and hard activations."""

    def __init__(self):
        super().__init__()
        self.expand = nn.Conv2d(3, 8, 1)
        self.depthwise = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8)
        self.squeeze = nn.Conv2d(8, 2, 1)
        self.excite = nn.Conv2d(2, 8, 1)
        self.project = nn.Conv2d(8, 3, 1)
        self.relu6 = nn.ReLU6()

    def forward(self, x):
        x = self.relu6(self.depthwise(F.hardswish(self.expand(x))) * 4)
        scale = F.hardsigmoid(self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1)))))
        return F.silu(self.project(x * scale))


class Decoder(nn.Module):
    """Style-transfer network: reflection padding, instance normalisation, resizes and a transposed convolution."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2)
        self.norm = nn.InstanceNorm2d(4, affine=True)
        self.prelu = nn.PReLU(4)
        self.up = nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x):
        x = self.prelu(self.norm(self.conv(F.pad(x, (1, 1, 2, 1), mode="reflect"))))
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = F.interpolate(x, size=(7, 9), mode="bilinear", align_corners=False)
        return torch.tanh(self.up(x))


class Shuffle(nn.Module):
    """Channel shuffle and pixel shuffle: views, transposes, chunks and slices."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.GroupNorm(2, 8)
        self.dilated = nn.MaxPool2d(2, stride=1, dilation=2)

    def forward(self, x):
        x = F.selu(self.norm(self.conv(x)))
        batch, channels, height, width = x.shape
        x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)
        left, right = x.chunk(2, dim=1)
        x = torch.cat([left * torch.sigmoid(right), F.softplus(right)[:, 1:]], 1)[:, :, 1:-1, ::2]
        x = F.pad(x, (1, 0, 0, 1))[:, :4]
        return self.dilated(F.pixel_shuffle(x, 2)) / x.abs().mean().clamp(min=0.1)


class Transformer(nn.Module):
    """Patches, attention and layer normalisation."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)
        self.norm = nn.LayerNorm(8)
        self.token = nn.Parameter(torch.randn(1, 1, 8))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, n, 3, 2, d // 2).permute(2, 0, 3, 1, 4).unbind(0)
        attention = (q @ k.transpose(-2, -1) / math.sqrt(d // 2)).softmax(-1)
        x = x + self.out((attention @ v).transpose(1, 2).reshape(b, n, d))
        return F.gelu(self.norm(x))[:, 0]


# name, network, size of the input, opsets, names of the axes that stay open
MODELS = [
    ("residual", Residual, (2, 3, 15, 13), (9, 11, 13, 17), ()),
    ("residual-open", Residual, (1, 3, 16, 16), (13,), ("batch", "height", "width")),
    ("inception", Inception, (2, 3, 12, 11), (9, 13, 17), ("batch",)),
    ("responses", Responses, (1, 3, 12, 12), (9, 17), ()),
    ("mobile", Mobile, (1, 3, 9, 8), (9, 14, 17), ("batch", "height", "width")),
    ("decoder", Decoder, (1, 3, 6, 8), (11, 13, 17), ("batch", "height", "width")),
    ("shuffle", Shuffle, (1, 3, 8, 10), (11, 17), ("batch", "height", "width")),
    ("transformer", Transformer, (1, 3, 8, 12), (11, 17), ("batch",)),
]
AXES = {"batch": 0, "height": 2, "width": 3}


def rounded(tensor):
    return [float(f"{value:.6g}") for value in tensor.detach().flatten().tolist()]


def randomize(network):
    """Statistics and affine parameters away from 0 and 1, so that leaving one out shows."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        if isinstance(module, (nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm, nn.LayerNorm)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)


def main():
    cases = {}
    for name, make, size, opsets, open_axes in MODELS:
        torch.manual_seed(sum(map(ord, name)))
        network = make().eval()
        randomize(network)
        x = torch.sin(1.3 * torch.arange(math.prod(size), dtype=torch.float64)).float().reshape(size)
        for opset in opsets:
            torch.onnx.export(
                network,
                (x,),
                str(HERE / f"{name}-{opset}.onnx"),
                opset_version=opset,
                input_names=["picture"],
                output_names=["result"],
                dynamic_axes={"picture": {AXES[axis]: axis for axis in open_axes}} if open_axes else None,
            )
        network = network.double()
        picture = x.double().requires_grad_()
        output = network(picture)
        loss = 0.5 * (output**2).sum()
        (gradient,) = torch.autograd.grad(loss, picture)
        cases[name] = {
            "opsets": list(opsets),
            "inputShape": list(size),
            "outputShape": list(output.shape),
            "output": rounded(output),
            "gradient": rounded(gradient),
        }
    about = "made by make-fixtures.py with PyTorch " + torch.__version__
    (HERE / "pytorch.json").write_text(json.dumps({"about": about, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()

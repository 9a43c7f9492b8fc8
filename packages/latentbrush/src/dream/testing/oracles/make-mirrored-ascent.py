"""Makes mirrored-ascent.json: the book's DeepDream on the mirrored photograph, written out in NumPy, float64.

    python3 make-mirrored-ascent.py CHELSEA-150x225.png

Why mirrored: of the photograph as it is, one input of a ReLU (conv2d_2, channel 25, row 46, column 84) is 1.2e-8, zero for
float32, so that float32 programs take one way or the other there and their ascents part. The mirrored one has no such place.
Needs NumPy and Pillow, and the weights that the build puts into packages/latentbrush/assets.
"""

import json
import pathlib
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

HERE = pathlib.Path(__file__).parent
ASSETS = HERE.parents[3] / "assets" / "inception_v3-mixed5"
COEFFICIENTS = {"mixed2": 0.2, "mixed3": 3.0, "mixed4": 2.0, "mixed5": 1.5}


def read_weights():
    (group,) = json.loads((ASSETS / "model.json").read_text())["weightsManifest"]
    data = b"".join((ASSETS / path).read_bytes() for path in group["paths"])
    weights, at = {}, 0
    for entry in group["weights"]:
        count = int(np.prod(entry["shape"]))
        quantization = entry["quantization"]
        values = np.frombuffer(data, np.uint8, count, at) * quantization["scale"] + quantization["min"]
        # TensorFlow.js dequantises to float32
        weights[entry["name"]] = values.astype(np.float32).astype(np.float64).reshape(entry["shape"])
        at += count
    return weights


def inception_v3_to_mixed5():
    layers, counts = [], {"conv": 0, "max": 0, "mean": 0}

    def windowed(kind, x, size, strides=1, padding="same"):
        counts[kind] += 1
        layers.append((f"{kind}{counts[kind]}", kind, (x,), size, strides, padding))
        return layers[-1][0]

    def conv(x, *size, strides=1, padding="same"):
        return windowed("conv", x, size, strides, padding)

    def concat(name, *branches):
        layers.append((name, "concat", branches, None, None, None))
        return name

    x = conv("picture", 3, 3, strides=2, padding="valid")
    x = conv(conv(x, 3, 3, padding="valid"), 3, 3)
    x = windowed("max", x, (3, 3), 2, "valid")
    x = conv(conv(x, 1, 1, padding="valid"), 3, 3, padding="valid")
    x = windowed("max", x, (3, 3), 2, "valid")
    for name in ("mixed0", "mixed1", "mixed2"):
        one = conv(x, 1, 1)
        five = conv(conv(x, 1, 1), 5, 5)
        double = conv(conv(conv(x, 1, 1), 3, 3), 3, 3)
        x = concat(name, one, five, double, conv(windowed("mean", x, (3, 3)), 1, 1))
    three = conv(x, 3, 3, strides=2, padding="valid")
    double = conv(conv(conv(x, 1, 1), 3, 3), 3, 3, strides=2, padding="valid")
    x = concat("mixed3", three, double, windowed("max", x, (3, 3), 2, "valid"))
    for name in ("mixed4", "mixed5"):
        one = conv(x, 1, 1)
        seven = conv(conv(conv(x, 1, 1), 1, 7), 7, 1)
        double = conv(conv(conv(conv(conv(x, 1, 1), 7, 1), 1, 7), 7, 1), 1, 7)
        x = concat(name, one, seven, double, conv(windowed("mean", x, (3, 3)), 1, 1))
    return layers


WEIGHTS = read_weights()
LAYERS = inception_v3_to_mixed5()


def folded(name):
    number = name.removeprefix("conv")
    norm = f"batch_normalization_{number}"
    factor = 1 / np.sqrt(WEIGHTS[f"{norm}/moving_variance"] + 1e-3)
    kernel = (WEIGHTS[f"conv2d_{number}/kernel"] * factor).transpose(3, 2, 0, 1)
    return kernel, WEIGHTS[f"{norm}/beta"] - WEIGHTS[f"{norm}/moving_mean"] * factor


def pads(length, kernel, stride, padding):
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0) if padding == "same" else 0
    return total // 2, total - total // 2


def windows(x, size, strides, padding):
    around = [pads(length, k, strides, padding) for length, k in zip(x.shape[-2:], size)]
    padded = np.pad(x, ((0, 0), *around))
    return sliding_window_view(padded, size, axis=(1, 2))[:, ::strides, ::strides], around


def loss_and_gradient(picture):
    values = {"picture": picture}
    for name, kind, inputs, size, strides, padding in LAYERS:
        if kind == "concat":
            values[name] = np.concatenate([values[each] for each in inputs])
            continue
        seen, around = windows(values[inputs[0]], size, strides, padding)
        if kind == "max":
            values[name] = seen.max((-1, -2))
        elif kind == "mean":
            ones, _ = windows(np.ones_like(values[inputs[0]]), size, strides, padding)
            values[name] = seen.sum((-1, -2)) / ones.sum((-1, -2))
        else:
            kernel, bias = folded(name)
            rows, columns = seen.shape[1:3]
            patches = seen.transpose(1, 2, 0, 3, 4).reshape(rows * columns, -1)
            y = (patches @ kernel.reshape(len(bias), -1).T + bias).T.reshape(-1, rows, columns)
            values[name] = np.maximum(y, 0)

    loss, gradients = 0.0, {}
    for name, coefficient in COEFFICIENTS.items():
        inner = (slice(None), slice(2, -2), slice(2, -2))
        factor = coefficient / values[name].size
        loss += factor * (values[name][inner] ** 2).sum()
        gradients[name] = np.zeros_like(values[name])
        gradients[name][inner] = 2 * factor * values[name][inner]

    for name, kind, inputs, size, strides, padding in reversed(LAYERS):
        if name not in gradients:
            continue
        dy = gradients.pop(name)
        if kind == "concat":
            for each in inputs:
                part, dy = np.split(dy, [len(values[each])])
                gradients[each] = gradients.get(each, 0) + part
            continue
        x = values[inputs[0]]
        seen, around = windows(x, size, strides, padding)
        rows, columns = dy.shape[1:]
        if kind == "max":
            best = seen.reshape(*seen.shape[:3], -1).argmax(-1)[..., None, None]
            spread = dy[..., None, None] * (np.arange(size[0] * size[1]).reshape(size) == best)
        elif kind == "mean":
            ones, _ = windows(np.ones_like(x), size, strides, padding)
            spread = np.broadcast_to((dy / ones.sum((-1, -2)))[..., None, None], (*dy.shape, *size))
        else:
            kernel, _ = folded(name)
            flat = (dy * (values[name] > 0)).reshape(len(dy), -1).T @ kernel.reshape(len(kernel), -1)
            spread = flat.reshape(rows, columns, len(x), *size).transpose(2, 0, 1, 3, 4)
        dx = np.pad(np.zeros_like(x), ((0, 0), *around))
        for i in range(size[0]):
            for j in range(size[1]):
                reached = dx[:, i : i + rows * strides : strides, j : j + columns * strides : strides]
                reached[:, :rows, :columns] += spread[..., i, j]
        (top, _), (left, _) = around
        dx = dx[:, top : top + x.shape[1], left : left + x.shape[2]]
        gradients[inputs[0]] = gradients.get(inputs[0], 0) + dx
    return loss, gradients["picture"]


x = np.asarray(Image.open(sys.argv[1]).convert("RGB"), np.float64).transpose(2, 0, 1)[:, :, ::-1] / 127.5 - 1
losses = []
for _ in range(6):
    loss, gradient = loss_and_gradient(x)
    losses.append(round(loss, 9))
    x = x + 0.01 * gradient / max(np.abs(gradient).mean(), 1e-7)
about = "the book's DeepDream on the mirrored photograph by make-mirrored-ascent.py: ascent_losses[i] is the loss before step i"
(HERE / "mirrored-ascent.json").write_text(json.dumps({"about": about, "ascent_losses": losses}) + "\n")

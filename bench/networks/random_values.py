"""Random weights and pictures, the same as of random-values.mjs (see there)."""

import numpy as np


def uniform(stream, shape, bound):
    x = np.arange(np.prod(shape), dtype=np.uint32)
    x += np.uint32(stream * 0x9E3779B9 & 0xFFFFFFFF)
    x = (x ^ (x >> 16)) * np.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * np.uint32(0x735A2D97)
    x ^= x >> 15
    return (bound * (x / 2.0**31 - 1)).astype(np.float32).reshape(shape)


def convolution_weights(index, inputs, filters, kernel_size):
    """Kernel [height, width, inputs, filters] and bias [filters] of a network's convolution number index."""
    height, width = kernel_size
    fan_in = height * width * inputs
    kernel = uniform(2 * index + 1, (height, width, inputs, filters), (6 / fan_in) ** 0.5)
    return kernel, uniform(2 * index + 2, (filters,), 0.1)


def picture(stream, height, width, bound):
    """Noise [1, height, width, 3] in [-bound, bound)."""
    return uniform(1000 + stream, (1, height, width, 3), bound)

# Random weights and pictures, the same as of networks/random-values.mjs (see there).
import numpy as np
import torch


def uniform(stream, shape, bound):
    x = np.arange(np.prod(shape), dtype=np.uint32)
    x += np.uint32(stream * 0x9E3779B9 & 0xFFFFFFFF)
    x = (x ^ (x >> 16)) * np.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * np.uint32(0x735A2D97)
    x ^= x >> 15
    return torch.from_numpy((bound * (x / 2.0**31 - 1)).astype(np.float32).reshape(shape))


def convolution_weights(index, inputs, filters, kernel_size):
    """Kernel [filters, inputs, height, width] and bias [filters] of a network's convolution number index."""
    height, width = kernel_size
    fan_in = height * width * inputs
    kernel = uniform(2 * index + 1, (height, width, inputs, filters), (6 / fan_in) ** 0.5)
    return kernel.permute(3, 2, 0, 1).contiguous(), uniform(2 * index + 2, (filters,), 0.1)


def picture(stream, height, width, bound):
    """Noise [1, 3, height, width] in [-bound, bound)."""
    return uniform(1000 + stream, (1, height, width, 3), bound).permute(0, 3, 1, 2).contiguous()

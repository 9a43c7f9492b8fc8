# A convolution with bias and ReLU whose weights never change: only the picture asks for a gradient.
import torch
import torch.nn.functional as F

from random_values import convolution_weights


class FrozenConvs:
    """Makes a network's convolutions in the order of its code, so that weights are numbered alike in every peer."""

    def __init__(self):
        self.count = 0

    def conv(self, inputs, filters, kernel_size, stride=1, padding="same"):
        kernel, bias = convolution_weights(self.count, inputs, filters, kernel_size)
        self.count += 1
        pad = tuple(size // 2 for size in kernel_size) if padding == "same" else (0, 0)
        return FrozenConv(kernel, bias, stride, pad)


class FrozenConv(torch.nn.Module):
    def __init__(self, kernel, bias, stride, padding):
        super().__init__()
        self.kernel = torch.nn.Parameter(kernel, requires_grad=False)
        self.bias = torch.nn.Parameter(bias, requires_grad=False)
        self.stride, self.padding = stride, padding
        self.filters = bias.shape[0]

    def forward(self, x):
        return F.relu_(F.conv2d(x, self.kernel, self.bias, self.stride, self.padding))

# VGG19 to block5_conv2 with Keras' layers (networks/vgg19.mjs).
import torch
import torch.nn.functional as F

from frozen_conv import FrozenConvs

BLOCKS = [(64, 2), (128, 2), (256, 4), (512, 4), (512, 2)]


class Vgg19(torch.nn.Module):
    def __init__(self):
        super().__init__()
        make = FrozenConvs().conv
        inputs = 3
        self.blocks = torch.nn.ModuleList()
        for filters, convolutions in BLOCKS:
            block = torch.nn.ModuleList()
            for _ in range(convolutions):
                block.append(make(inputs, filters, (3, 3)))
                inputs = filters
            self.blocks.append(block)

    def forward(self, x):
        """Activations of block1_conv1 to block5_conv1, and of block5_conv2."""
        firsts = []
        for index, block in enumerate(self.blocks):
            if index > 0:
                x = F.max_pool2d(x, 2, 2)
            for position, conv in enumerate(block):
                x = conv(x)
                if position == 0:
                    firsts.append(x)
        return firsts, x

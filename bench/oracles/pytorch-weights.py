"""Small files of weights as PyTorch writes them, with the names of torchvision's VGG16 and one channel in each convolution but the first.

The numbers are small and exact in all types. Convolution n (from 0) has the bias n and the kernel n, n + 1 ... n + 8 (the first: 27 numbers);
its type is float32, or by turns float16, bfloat16 and float64; the kernels of every third are transposed views.

    python3 bench/oracles/pytorch-weights.py packages/latentbrush/src/pretrained/weights/testing
"""

import sys

import torch

PLACES = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
TYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float64]


def state_dict():
    model = {}
    for index, place in enumerate(PLACES):
        channels = 3 if index == 0 else 1
        kernel = torch.arange(9.0 * channels).reshape(1, channels, 3, 3) + index
        if index % 3 == 2:
            kernel = kernel.transpose(2, 3).contiguous().transpose(2, 3)
        kind = TYPES[index % 4]
        model[f'features.{place}.weight'] = torch.nn.Parameter(kernel.to(kind)) if index == 4 else kernel.to(kind)
        model[f'features.{place}.bias'] = torch.tensor([float(index)]).to(kind)
    model['num_batches_tracked'] = torch.tensor(7)
    return model


folder = sys.argv[1]
torch.save(state_dict(), f'{folder}/vgg16-one-channel.pth')
checkpoint = {'epoch': 3, 'best': 1.5, 'state_dict': state_dict(), 'optimizer': {'state': {0: (1, None, True)}}}
torch.save(checkpoint, f'{folder}/vgg16-one-channel-1.5.pth', _use_new_zipfile_serialization=False)

"""ResNet50 and Xception of keras.applications, written in PyTorch from their papers and Keras' documentation, in float64.

Weights and picture follow from formulas, so that no file is needed. Writes activations of some layers and the gradient of a loss to
the picture as JSON: packages/latentbrush/src/pretrained/backbones/testing/keras-networks.json

    python3 bench/oracles/keras-networks.py > packages/latentbrush/src/pretrained/backbones/testing/keras-networks.json
"""

import json
import math
import zlib

import numpy as np
import torch
import torch.nn.functional as F

SIZE = 75


def uniform(name, count):
    """-1 .. 1, by a hash of the name and the index."""
    seed = zlib.crc32(name.encode()) % 1000
    x = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + seed) * 43758.5453
    return 2 * (x - np.floor(x)) - 1


def tensor(name, shape, scale, shift=0.0):
    values = (shift + scale * uniform(name, math.prod(shape))).astype(np.float32)
    return torch.from_numpy(values.astype(np.float64).reshape(shape))


def kernel(name, height, width, inputs, filters):
    """Keras' layout [height, width, in, out], turned to [out, in, height, width]."""
    return tensor(name, (height, width, inputs, filters), math.sqrt(6 / (height * width * inputs))).permute(3, 2, 0, 1)


def batch_norm(x, name, epsilon, scale=True):
    count = x.shape[1]
    gamma = tensor(f'{name}/gamma', (count,), 0.1, 0.5)
    beta = tensor(f'{name}/beta', (count,), 0.1)
    mean = tensor(f'{name}/moving_mean', (count,), 0.1)
    variance = tensor(f'{name}/moving_variance', (count,), 0.5, 1.0)
    return F.batch_norm(x, mean, variance, gamma, beta, False, 0.0, epsilon)


def same(x, size, stride, value=0.0):
    """TensorFlow's padding 'same'."""
    pads = []
    for length in (x.shape[3], x.shape[2]):
        total = max((math.ceil(length / stride) - 1) * stride + size - length, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


def resnet50(x, seen):
    def conv(x, name, filters, size, stride=1):
        k = kernel(f'{name}_conv/kernel', size, size, x.shape[1], filters)
        b = tensor(f'{name}_conv/bias', (filters,), 0.1)
        y = batch_norm(F.conv2d(same(x, size, stride), k, b, stride), f'{name}_bn', 1.001e-5)
        seen[f'{name}_bn'] = y
        return y

    k = kernel('conv1_conv/kernel', 7, 7, 3, 64)
    b = tensor('conv1_conv/bias', (64,), 0.1)
    x = seen['conv1_relu'] = F.relu(batch_norm(F.conv2d(F.pad(x, [3] * 4), k, b, 2), 'conv1_bn', 1.001e-5))
    x = seen['pool1_pool'] = F.max_pool2d(F.pad(x, [1] * 4), 3, 2)
    for stack, blocks, filters, stride in (('conv2', 3, 64, 1), ('conv3', 4, 128, 2), ('conv4', 6, 256, 2), ('conv5', 3, 512, 2)):
        for index in range(1, blocks + 1):
            block, s = f'{stack}_block{index}', stride if index == 1 else 1
            shortcut = conv(x, f'{block}_0', 4 * filters, 1, s) if index == 1 else x
            y = F.relu(conv(x, f'{block}_1', filters, 1, s))
            y = F.relu(conv(y, f'{block}_2', filters, 3))
            y = shortcut + conv(y, f'{block}_3', 4 * filters, 1)
            x = seen[f'{block}_out'] = F.relu(y)
    return seen


def xception(x, seen):
    shortcuts = sums = 0

    def conv(x, name, bn, filters, size, stride, padding):
        k = kernel(f'{name}/kernel', size, size, x.shape[1], filters)
        x = same(x, size, stride) if padding == 'same' else x
        return batch_norm(F.conv2d(x, k, None, stride), bn, 1e-3)

    def separable(x, name, filters):
        inputs = x.shape[1]
        depthwise = tensor(f'{name}/depthwise_kernel', (3, 3, inputs, 1), math.sqrt(6 / 9)).permute(2, 3, 0, 1)
        pointwise = kernel(f'{name}/pointwise_kernel', 1, 1, inputs, filters)
        y = F.conv2d(F.conv2d(same(x, 3, 1), depthwise, None, 1, 0, 1, inputs), pointwise)
        y = seen[f'{name}_bn'] = batch_norm(y, f'{name}_bn', 1e-3)
        return y

    def total(a, b):
        nonlocal sums
        sums += 1
        seen[f'add_{sums}'] = a + b
        return a + b

    def halved(x, y, block, filters):
        nonlocal shortcuts
        shortcuts += 1
        residual = conv(x, f'conv2d_{shortcuts}', f'batch_normalization_{shortcuts}', filters, 1, 2, 'same')
        pooled = seen[f'block{block}_pool'] = F.max_pool2d(same(y, 3, 2, -math.inf), 3, 2)
        return total(pooled, residual)

    def chain(x, block, counts):
        for index, filters in enumerate(counts, 1):
            x = separable(F.relu(x), f'block{block}_sepconv{index}', filters)
        return x

    x = seen['block1_conv1_act'] = F.relu(conv(x, 'block1_conv1', 'block1_conv1_bn', 32, 3, 2, 'valid'))
    x = seen['block1_conv2_act'] = F.relu(conv(x, 'block1_conv2', 'block1_conv2_bn', 64, 3, 1, 'valid'))
    y = separable(x, 'block2_sepconv1', 128)
    x = halved(x, separable(F.relu(y), 'block2_sepconv2', 128), 2, 128)
    x = halved(x, chain(x, 3, (256, 256)), 3, 256)
    x = halved(x, chain(x, 4, (728, 728)), 4, 728)
    for block in range(5, 13):
        x = total(chain(x, block, (728, 728, 728)), x)
    x = halved(x, chain(x, 13, (728, 1024)), 13, 1024)
    x = F.relu(separable(x, 'block14_sepconv1', 1536))
    seen['block14_sepconv2_act'] = F.relu(separable(x, 'block14_sepconv2', 2048))
    return seen


def oracle(network, prepared, layers):
    picture = 127.5 + 127.5 * torch.from_numpy(uniform('picture', 3 * SIZE * SIZE).astype(np.float32).astype(np.float64))
    picture = picture.reshape(1, 3, SIZE, SIZE).float().double().requires_grad_()
    seen = network(prepared(picture), {})
    loss = 0.5 * (seen[layers[-1]] ** 2).mean()
    loss.backward()
    gradient = picture.grad.flatten()
    return {
        'layers': {
            name: {
                'shape': list(seen[name].shape),
                'mean': seen[name].mean().item(),
                'values': seen[name].flatten()[:: max(1, seen[name].numel() // 7)][:7].tolist(),
            }
            for name in layers
        },
        'loss': loss.item(),
        'gradient': {'norm': gradient.norm().item(), 'values': gradient[:: gradient.numel() // 7][:7].tolist()},
    }


def caffe(x):
    mean = torch.tensor([123.68, 116.779, 103.939], dtype=torch.float64).reshape(1, 3, 1, 1)
    return (x - mean).flip(1)


resnet_layers = ['conv1_relu', 'pool1_pool', 'conv2_block1_0_bn', 'conv2_block3_out', 'conv3_block1_2_bn', 'conv4_block6_out', 'conv5_block3_out']
xception_layers = ['block1_conv2_act', 'block2_sepconv1_bn', 'block3_pool', 'add_3', 'block8_sepconv2_bn', 'add_11', 'add_12', 'block14_sepconv2_act']
print(
    json.dumps(
        {
            'about': 'ResNet50 and Xception in PyTorch float64; weights, picture and loss by the formulas of bench/oracles/keras-networks.py',
            'size': SIZE,
            'resnet50': oracle(resnet50, caffe, resnet_layers),
            'xception': oracle(xception, lambda x: x / 127.5 - 1, xception_layers),
        },
        indent=1,
    )
)

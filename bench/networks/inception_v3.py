"""InceptionV3 to mixed5, the same as of inception-v3.mjs (see there)."""

DREAM_LAYERS = {"mixed2": 0.2, "mixed3": 3, "mixed4": 2, "mixed5": 1.5}


def inception_v3(x, ops):
    """Activations by name. ops: conv(x, filters, (height, width), strides=1, padding="same"), max_pool(x, size, strides) without
    padding, average_pool(x, size) with stride 1 and padding that is not counted, concat(xs) along channels."""
    conv, blocks = ops.conv, {}
    x = conv(x, 32, (3, 3), strides=2, padding="valid")
    x = conv(x, 32, (3, 3), padding="valid")
    x = conv(x, 64, (3, 3))
    x = ops.max_pool(x, 3, 2)
    x = conv(x, 80, (1, 1))
    x = conv(x, 192, (3, 3), padding="valid")
    x = ops.max_pool(x, 3, 2)

    for index, pool_filters in enumerate((32, 64, 64)):
        branches = [
            conv(x, 64, (1, 1)),
            conv(conv(x, 48, (1, 1)), 64, (5, 5)),
            conv(conv(conv(x, 64, (1, 1)), 96, (3, 3)), 96, (3, 3)),
            conv(ops.average_pool(x, 3), pool_filters, (1, 1)),
        ]
        x = blocks[f"mixed{index}"] = ops.concat(branches)

    branch3x3 = conv(x, 384, (3, 3), strides=2, padding="valid")
    branch3x3dbl = conv(conv(x, 64, (1, 1)), 96, (3, 3))
    branch3x3dbl = conv(branch3x3dbl, 96, (3, 3), strides=2, padding="valid")
    x = blocks["mixed3"] = ops.concat([branch3x3, branch3x3dbl, ops.max_pool(x, 3, 2)])

    for index, filters in enumerate((128, 160)):
        branch1x1 = conv(x, 192, (1, 1))
        branch7x7 = conv(conv(conv(x, filters, (1, 1)), filters, (1, 7)), 192, (7, 1))
        branch7x7dbl = conv(conv(x, filters, (1, 1)), filters, (7, 1))
        branch7x7dbl = conv(conv(branch7x7dbl, filters, (1, 7)), filters, (7, 1))
        branch7x7dbl = conv(branch7x7dbl, 192, (1, 7))
        branch_pool = conv(ops.average_pool(x, 3), 192, (1, 1))
        x = blocks[f"mixed{4 + index}"] = ops.concat([branch1x1, branch7x7, branch7x7dbl, branch_pool])
    return blocks

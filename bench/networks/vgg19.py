"""VGG19 to block5_conv2, the same as of vgg19.mjs (see there)."""

CONTENT_LAYER = "block5_conv2"
STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")
CONTENT_WEIGHT = 0.025
STYLE_WEIGHT = 1 / 5  # of each layer
TOTAL_VARIATION_WEIGHT = 1e-4
BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 2))


def vgg19(x, ops):
    """Activations by name. ops: conv(x, filters, (height, width)), max_pool(x, size, strides) without padding."""
    layers = {}
    for block, (filters, convolutions) in enumerate(BLOCKS, start=1):
        if block > 1:
            x = ops.max_pool(x, 2, 2)
        for index in range(1, convolutions + 1):
            x = layers[f"block{block}_conv{index}"] = ops.conv(x, filters, (3, 3))
    return layers

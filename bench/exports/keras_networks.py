"""Networks of keras.applications as .onnx files, by `model.export(format="onnx")`: random weights, one file after the other.

For each file a line of JSON is printed: { network, exporter, file } or { network, exporter, cannot }. The next is made when a line is read from
standard input.

    python keras_networks.py FOLDER [network ...]
"""

import json
import os
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = ''

import keras

NETWORKS = ['MobileNetV2', 'Xception', 'NASNetMobile', 'InceptionV3', 'ResNet50', 'DenseNet121', 'VGG16', 'VGG19']
# With the classifier for 224x224 pictures, tf2onnx takes more than 16 GB of memory.
OPTIONS = {name: {'input_shape': (64, 64, 3)} for name in ('VGG16', 'VGG19')}

folder, *wanted = sys.argv[1:]
for name in [network for network in wanted if network in NETWORKS] or NETWORKS:
    answer = {'network': name, 'exporter': 'keras', 'file': os.path.join(folder, f'{name}.onnx')}
    try:
        keras.utils.set_random_seed(1)
        model = getattr(keras.applications, name)(weights=None, **OPTIONS.get(name, {}))
        model(keras.ops.zeros((1, *model.input_shape[1:])))  # it has to be called once
        with open(os.devnull, 'w') as nowhere:
            printed, sys.stdout = sys.stdout, nowhere
            try:
                model.export(answer['file'], format='onnx', verbose=False)
            finally:
                sys.stdout = printed
    except Exception as error:
        answer['cannot'] = str(error).strip().split('\n')[0][:200]
    keras.backend.clear_session()
    print(json.dumps(answer), flush=True)
    if not sys.stdin.readline():
        break

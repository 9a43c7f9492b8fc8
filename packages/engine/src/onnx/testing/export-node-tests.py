"""Writes ONNX's own tests of single operators (package `onnx`, backend/test) as one JSON line each to standard output.

Each line: name, operators, the model in base64, what to feed and what must come out. The first tensor of a model stays an
input; the others are stored in it, as weights, axes and shapes are in exported networks.
"""

import base64
import json

import numpy as np

for old, new in (("float", float), ("int", int), ("bool", bool), ("object", object), ("str", str)):
    if old not in np.__dict__:  # removed from NumPy after these tests were written
        setattr(np, old, new)

import onnx
import onnx.numpy_helper
from onnx.backend.test.case.node import collect_testcases

LARGEST = 20000
NUMBERS = "fiub"


def described(array):
    array = np.asarray(array)
    # 16-bit floats of the brain kind are written as their bits, which says nothing about their numbers
    if array.dtype.kind not in NUMBERS or array.dtype == np.uint16 or array.size > LARGEST:
        raise TypeError
    return {"shape": list(array.shape), "data": [str(value) for value in array.astype(np.float64).ravel()]}


def line(case):
    inputs, outputs = case.data_sets[0]
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    del model.graph.input[:]
    feeds = {}
    for declared, array in zip(case.model.graph.input, inputs):
        if feeds:
            model.graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(array), declared.name))
        else:
            model.graph.input.append(declared)
            feeds[declared.name] = described(array)
    return {
        "name": case.name,
        "operators": [node.op_type for node in model.graph.node],
        "model": base64.b64encode(model.SerializeToString()).decode(),
        "feeds": feeds,
        "outputs": {o.name: described(a) for o, a in zip(case.model.graph.output, outputs)},
    }


for case in collect_testcases(None):
    if case.kind != "node" or not case.data_sets:
        continue
    try:
        print(json.dumps(line(case)))
    except (TypeError, AttributeError, ValueError):
        pass  # texts, sequences and large tensors

"""Checks .onnx files of Latentbrush with the tools of others: ONNX's checker and reference evaluator, ONNX Runtime, OpenVINO.

For each file a line: { file, checker, reference, onnxruntime, openvino }: "right", or what was wrong; the three that compute are compared with ONNX
Runtime, relative to the largest number.

    python our_exports.py FILE ...
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime
import openvino
from onnx.reference import ReferenceEvaluator

# In float32 two of them differ by at most 3e-5, in the fast style, whose normalisations enlarge differences. It was 1.3e-3 while ONNX Runtime took
# the mean of a plane at once: it was ONNX Runtime that was off, by 7.5e-4 from an evaluation in float64, and the others by 2e-5.
LIMIT = 1e-4
TYPES = {'tensor(float)': np.float32, 'tensor(int64)': np.int64, 'tensor(bool)': np.bool_}


def feeds_of(session):
    feeds = {}
    for given in session.get_inputs():
        # A free dimension is a batch, or a side of 64 pixels. The reference evaluator takes 7.5 GB for one picture of 512x512.
        sizes = [size for size in given.shape if isinstance(size, int)]
        batch = 1 if np.prod(sizes) > 2**18 else 2
        shape = [size if isinstance(size, int) else (batch if index == 0 else 64) for index, size in enumerate(given.shape)]
        count = int(np.prod(shape))
        values = np.arange(count) % 5 if given.type == 'tensor(int64)' else np.sin(1.3 * np.arange(count)) / 2 + 0.5
        feeds[given.name] = values.reshape(shape).astype(TYPES[given.type])
    return feeds


def compared(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
        if a.shape != b.shape:
            return f'shape {a.shape}, expected {b.shape}'
        difference = np.abs(a - b).max() / max(np.abs(b).max(), 1e-9)
        if not difference <= LIMIT:
            return f'off by {difference:.1e}'
    return 'right'


def attempt(work):
    try:
        return work()
    except Exception as error:
        return str(error).strip().split('\n')[0][:200]


def openvino_outputs(file, feeds):
    compiled = openvino.compile_model(file, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})  # by itself it may compute in bfloat16
    results = compiled(feeds)
    return [results[output] for output in compiled.outputs]


for file in sys.argv[1:]:
    answer = {'file': file}
    answer['checker'] = attempt(lambda: onnx.checker.check_model(file, full_check=True) or 'right')
    session = onnxruntime.InferenceSession(file, providers=['CPUExecutionProvider'])
    feeds = feeds_of(session)
    expected = session.run(None, feeds)
    answer['onnxruntime'] = 'right' if all(np.isfinite(value).all() for value in expected) else 'not finite'
    answer['reference'] = attempt(lambda: compared(ReferenceEvaluator(file).run(None, feeds), expected))
    answer['openvino'] = attempt(lambda: compared(openvino_outputs(file, feeds), expected))
    print(json.dumps(answer), flush=True)

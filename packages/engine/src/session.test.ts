import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it, vi } from 'vitest';
import { constant } from './graph/tensor.ts';
import { square } from './ops/index.ts';
import { compile } from './session.ts';

describe('ONNX Runtime', () => {
  it('does not write to the terminal: its messages are in the error', async () => {
    const create = vi.spyOn(InferenceSession, 'create');
    const session = await compile({ y: square(constant(2)) });
    await session.release();
    expect(create.mock.calls[0]).toMatchObject([{}, { logSeverityLevel: 4 }]); // 4: what ends the process
    create.mockRestore();
  });
});

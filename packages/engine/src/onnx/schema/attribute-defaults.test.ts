import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hasBackendTests, PYTHON } from '../read/testing/backend-tests.ts';
import { ATTRIBUTE_DEFAULTS } from './attribute-defaults.ts';

it.skipIf(!hasBackendTests())(
  'the defaults of every operator are as ONNX lists them (skipped where python3-onnx is not installed)',
  () => {
    const script = `
import json
from onnx import defs, helper
def value(a):
    v = helper.get_attribute_value(a)
    return v.decode() if isinstance(v, bytes) else v
print(json.dumps([[s.name, a.name, value(a.default_value)] for s in defs.get_all_schemas_with_history() if s.domain == ""
    for a in s.attributes.values() if a.default_value.name and not isinstance(value(a.default_value), list)]))`;
    const listed = JSON.parse(execFileSync(PYTHON, ['-c', script]).toString()) as [string, string, unknown][];
    const unknown = listed.filter(
      ([operator, attribute, value]) =>
        ATTRIBUTE_DEFAULTS[operator]?.[attribute]?.some((known) =>
          typeof known === 'number' ? Math.fround(known) === Math.fround(Number(value)) : known === value,
        ) !== true,
    );
    expect(listed.length).toBeGreaterThan(200);
    expect(unknown).toEqual([]);
  },
);

import { execFileSync } from 'node:child_process';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defaultServerConditions } from 'vite';

// Tests run the TypeScript sources, also across packages: no build is needed before.
const conditions = ['latentbrush-source', ...defaultServerConditions];

const project = (name: string, include: string) => ({
  extends: true as const,
  test: { name, include: [include] },
});

/** The test of the packed packages is the slowest: it begins first, so that no worker waits for it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      moduleId.endsWith('scripts/published.test.ts');
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const knownToV8 = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });

/**
 * V8 in the processes of tests. They create many objects that die young, and run most functions a few times only: larger spaces for new objects
 * and a later optimising compiler take a sixth of the time away. A version that does not know a flag would not start.
 */
const V8_FLAGS = [
  '--min-semi-space-size=32', // MiB
  '--max-semi-space-size=64',
  '--single-threaded-gc', // its threads would wait for cores
  '--interrupt-budget=1000000', // executed bytes before a function is optimised: about eight times the default
].filter((flag) => knownToV8.includes(`  ${flag.split('=', 1)[0]} (`));

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      project('engine', 'packages/engine/src/**/*.test.ts'),
      project('latentbrush', 'packages/latentbrush/src/**/*.test.ts'),
      project('studio', 'packages/studio/src/**/*.test.ts'),
      project('scripts', 'scripts/**/*.test.ts'),
    ],
    // A process runs many files, so that ONNX Runtime and the sources are loaded once: tests must undo their changes to the process.
    pool: 'forks', // not threads: some tests change the working folder
    isolate: false,
    execArgv: ['--import', new URL('scripts/one-thread.mjs', import.meta.url).href, ...V8_FLAGS],
    sequence: { sequencer: LongestFirst },
    unstubEnvs: true,
    restoreMocks: true,
    env: { ORT_DISABLE_TELEMETRY: '1' }, // some tests use ONNX Runtime without the engine
    maxWorkers: 3, // one more than the cores of small machines: tests of programs and of the browser wait for them
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const engine = new URL('../../dist/index.js', import.meta.url);
const runtime = import.meta.resolve('onnxruntime-node');
const run = promisify(execFile);

const importRuntime = `const { InferenceSession } = await import(${JSON.stringify(runtime)});`;
const importEngine = `const { compile, input, mul } = await import(${JSON.stringify(engine.href)});`;
const compute = `const x = input('x', [1]); await compile({ y: mul(x, x) });`;
/** The smallest model: IR version 8, opset 17, one Identity. */
const createSession = `await InferenceSession.create(new Uint8Array([8,8,58,47,10,16,10,1,120,18,1,121,34,8,73,100,101,110,116,105,116,121,
  18,1,103,90,11,10,1,120,18,6,10,4,8,1,18,0,98,11,10,1,121,18,6,10,4,8,1,18,0,66,4,10,0,16,17]));`;
const inWorker = `
  import { Worker, isMainThread } from 'node:worker_threads';
  if (isMainThread) { const worker = new Worker(new URL(import.meta.url)); MAIN } else { ${importEngine} ${compute} }`;

/** Runs a program with an empty home folder and a minimal environment; returns the files that it left in the folder. */
async function filesOf(program: string, flags: string[] = []): Promise<{ files: string[]; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'latentbrush-telemetry-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  await mkdir(home);
  await writeFile(join(folder, 'program.mjs'), program);
  // Nothing else of this environment: ONNX Runtime sends nothing when it finds CI, GITHUB_ACTIONS or the like.
  const { PATH, SystemRoot } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, SystemRoot, HOME: home, USERPROFILE: home, LOCALAPPDATA: home };
  const { stderr } = await run(process.execPath, [...flags, join(folder, 'program.mjs')], { env }).catch(
    (error: unknown) => ({ stderr: (error as { stderr: string }).stderr }),
  );
  const files = await readdir(home, { recursive: true });
  return { files, stderr };
}

describe.skipIf(!existsSync(engine))('the telemetry of ONNX Runtime (needs the build in dist/)', () => {
  it.skipIf(process.platform === 'win32')('leaves files in the home folder when it is on', async () => {
    const { files } = await filesOf(importRuntime + createSession);
    expect(files.join('\n')).toContain('onnxruntime.db');
  });

  it('is off in a program that loads the engine', async () => {
    expect(await filesOf(importEngine + compute)).toEqual({ files: [], stderr: '' });
  });

  it('is off for the runtime itself, too, if the engine is loaded first', async () => {
    expect(await filesOf(importEngine + importRuntime + createSession)).toEqual({ files: [], stderr: '' });
  });

  it('is off when only a worker thread loads the engine, whose variables native code does not see', async () => {
    expect(await filesOf(inWorker.replace('MAIN', ''))).toEqual({ files: [], stderr: '' });
  });

  it('is off in a worker thread while the main thread is busy', async () => {
    const busy = 'const begin = Date.now(); while (Date.now() - begin < 800);';
    expect(await filesOf(inWorker.replace('MAIN', busy))).toEqual({ files: [], stderr: '' });
  });

  it('is not started in a worker thread that cannot ask the main thread', async () => {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const rights = [permission, '--allow-fs-read=*', '--allow-worker', '--allow-addons'];
    const { files, stderr } = await filesOf(inWorker.replace('MAIN', ''), rights);
    expect(files).toEqual([]);
    expect(stderr).toContain(
      'start Node with ORT_DISABLE_TELEMETRY=1, or import the library in the main thread',
    );
  });
});

import { chromium, type Browser } from 'playwright-core';

/** The installed browser: it is not downloaded. */
export const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Starts the installed browser. @param args further arguments */
export function startBrowser(args: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', ...args] });
}

/** WebGPU without a GPU: Chromium computes it by SwiftShader. */
export const SWIFTSHADER: readonly string[] = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

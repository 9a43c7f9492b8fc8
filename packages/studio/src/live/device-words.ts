import type { Device } from './live-runtime.ts';

/** The names of devices. */
export const DEVICES = {
  gpu: 'live.device.gpu',
  processor: 'live.device.processor',
} as const satisfies Record<Device, string>;

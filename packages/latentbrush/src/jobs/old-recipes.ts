import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import type { Recipe } from '../image/index.ts';
import type { JobName } from './registry.ts';

/** The job that a recipe records. */
export interface RecordedJob {
  readonly job: JobName;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Behaviour of version 0.1.0 that it did not record. */
const OF_0_1_0 = { rules: 1, transparentMask: 'white', explores: 'layers', edges: 'fade' };

const zoom = z.object({ frames: z.number(), zoom: z.number(), framesPerSecond: z.number() });

/**
 * The job of a recipe that does not name it: it was written before jobs had names.
 * @throws InputError when its pictures cannot be made again
 */
export function fromOldRecipe({ system, options: recorded }: Recipe): RecordedJob {
  const { preprocessing, ...others } = recorded;
  const hasOwnNetwork = isRole(recorded.roles, 'backbone');
  // Version 0.1.0 silently accepted and recorded options without effect.
  const options = { ...OF_0_1_0, ...others, ...(hasOwnNetwork && { preprocessing }) };
  if (system === 'style') {
    const isAnimated = isRole(recorded.roles, 'frames');
    if (recorded.fast === true) return { job: isAnimated ? 'style.apply-animation' : 'style.apply', options };
    const backbone = recorded.backbone ?? (hasOwnNetwork ? undefined : 'vgg19');
    return { job: isAnimated ? 'style.paint-animation' : 'style.paint', options: { ...options, backbone } };
  }
  if (system !== 'dream')
    throw new InputError(`remake: pictures of the system "${system}" cannot be made again`);
  if (recorded.explore !== undefined) return { job: 'dream.explore', options };
  if (recorded.carry !== undefined) return { job: 'dream.frames', options };
  const zoomed = zoom.safeParse(recorded.film);
  if (zoomed.success) return { job: 'dream.zoom', options: { ...options, ...zoomed.data } };
  return { job: 'dream.picture', options };
}

function isRole(roles: unknown, role: string): boolean {
  return typeof roles === 'object' && roles !== null && Object.hasOwn(roles, role);
}

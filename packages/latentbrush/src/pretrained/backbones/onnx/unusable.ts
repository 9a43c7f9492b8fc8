import { formatShape, InputError, type Tensor } from '@latentbrush/engine';
import { counted } from '../../../counted.ts';

/** The reason for values that no pixel reaches. */
const UNSEEN = 'does not depend on the picture';

/** The reason for values that are tokens, weights, single points ... */
const NO_PICTURE = 'not a feature map';

/**
 * The reason why a value of a network is not a layer. @param fault.isPicture whether it is a feature map
 * @param fault.seesPicture whether it depends on the picture
 */
export function unusableValue(
  { dtype, shape }: Tensor,
  { isPicture, seesPicture }: { readonly isPicture: boolean; readonly seesPicture: boolean },
): string {
  if (isPicture) return `it ${UNSEEN}`;
  const unseen = seesPicture ? '' : `, and ${UNSEEN}`;
  return `it is ${dtype} ${formatShape(shape)}, ${NO_PICTURE}${unseen}`;
}

/**
 * The error for a network without usable layers, with the reason: the first value that cannot be computed, or that none is a feature map,
 * or that none depends on the picture. @param unusable the reasons why its values are not layers, by name
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * if (network.layers.length === 0) throw backbones.noLayers(network.name, network.unusable);
 */
export function noLayers(network: string, unusable: ReadonlyMap<string, string> = new Map()): InputError {
  return new InputError(`${network} has no layers that can be used${because([...unusable])}`);
}

function because(values: readonly (readonly [name: string, reason: string])[]): string {
  if (values.length === 0) return '';
  const broken = values.find(([, reason]) => !reason.endsWith(UNSEEN) && !reason.endsWith(NO_PICTURE));
  if (broken !== undefined) return `; the first that fails, "${broken[0]}": ${broken[1]}`;
  const seeing = values.filter(([, reason]) => !reason.endsWith(UNSEEN));
  const last = seeing.at(-1);
  if (last === undefined) return `: of its ${counted(values.length, 'value')} none depends on the picture`;
  const [name, reason] = last;
  return `: of its ${counted(seeing.length, 'value')} that depend on the picture none is a feature map, float32 [1, channels, height, width] in proportion to the picture; the last, "${name}": ${reason}`;
}

import type { Output } from '../../terminal/output.ts';

/** The forms in which a data set can be given, for help texts. */
export const DATASET_HELP =
  'folder of pictures, IDX file (or images,labels), CIFAR .bin file, or a name: mnist, fashion-mnist, cifar10, cifar10:frog, emoji, emoji:faces';

/** Notes about a loaded data set: parts used instead of missing ones, pictures that were left out. */
export function noteDataset(
  {
    train,
    test,
    note,
  }: {
    readonly train: { readonly skipped: readonly { readonly reason: string }[] };
    readonly test: { readonly skipped: readonly { readonly reason: string }[] } | undefined;
    readonly note: string | undefined;
  },
  output: Output,
): void {
  if (note !== undefined) output.note(note);
  const skipped = [...train.skipped, ...(test?.skipped ?? [])];
  for (const { reason } of skipped.slice(0, SHOWN)) output.note(`left out: ${reason}`);
  if (skipped.length > SHOWN) output.note(`left out: ${skipped.length - SHOWN} more`);
}

/** The number of broken pictures that are listed one by one. */
const SHOWN = 5;

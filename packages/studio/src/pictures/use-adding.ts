import type { Upload } from 'latentbrush/studio';
import { useEffect } from 'react';
import { useAddPicture, type CarriedRecipe } from '../api/queries.ts';
import type { PictureReference } from './chosen.ts';

/** Called with an uploaded picture and the recipe in it. */
export type WhenAdded = (
  picture: PictureReference,
  recipe: CarriedRecipe | undefined,
  upload: Upload,
) => void;

/** Uploads the first of some files, with the state of the upload. */
export interface Adding {
  readonly add: (files: FileList | readonly File[] | null | undefined) => void;
  readonly isAdding: boolean;
  readonly error: Error | null;
}

/** Uploads pictures. */
export function useAdding(onAdded: WhenAdded): Adding {
  const { mutate, isPending, error } = useAddPicture();
  return {
    add: (files) => {
      const [file] = files ?? [];
      if (file !== undefined)
        mutate(file, { onSuccess: ({ upload, recipe }) => onAdded({ upload: upload.id }, recipe, upload) });
    },
    isAdding: isPending,
    error,
  };
}

/** Accepts pictures that are pasted, or dropped anywhere on the page. */
export function usePageDrops(add: Adding['add']): void {
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent): void => {
      if (clipboardData !== null && clipboardData.files.length > 0) add(clipboardData.files);
    };
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (event.defaultPrevented) return; // a field has handled it
      event.preventDefault(); // else the browser would open the file in place of the page
      add(event.dataTransfer?.files);
    };
    window.addEventListener('paste', paste);
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('paste', paste);
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  });
}

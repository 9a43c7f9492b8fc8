import type { Upload } from 'latentbrush/studio';
import { useEffect } from 'react';
import { useAddPicture, type CarriedRecipe } from '../api/queries.ts';
import type { PictureReference } from './chosen.ts';

/** Is called with a picture that a person gave, and the recipe that it carries. */
export type WhenAdded = (
  picture: PictureReference,
  recipe: CarriedRecipe | undefined,
  upload: Upload,
) => void;

/** What puts the first of some files into the studio, and how that stands. */
export interface Adding {
  readonly add: (files: FileList | readonly File[] | null | undefined) => void;
  readonly isAdding: boolean;
  readonly error: Error | null;
}

/** Puts pictures into the studio. */
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

/** Takes pictures that are pasted, or dropped anywhere on the page. */
export function usePageDrops(add: Adding['add']): void {
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent): void => {
      if (clipboardData !== null && clipboardData.files.length > 0) add(clipboardData.files);
    };
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (event.defaultPrevented) return; // a field has taken it
      event.preventDefault(); // else the browser would leave the page for the file
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

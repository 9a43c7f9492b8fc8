// The exports for the other folders of the toolkit: the public ones, and internal ones.
export * from './public.ts';
export { decodeRecipe, encodeRecipe, MAX_RECIPE_BYTES, recipeAsJson } from './recipe/recipe.ts';
export { hasRecipeBeside, recipeBeside, recipePath, writeText } from './recipe/recipe-beside.ts';
export { pictureOf, rowsOf, zoomedRows, type PictureRows } from './edit/zoom.ts';
export { drawText, LINE_HEIGHT, textWidth, wrapText } from './edit/bitmap-font.ts';
export { countPicturesIn } from './read/animated-picture.ts';
export { isBmp } from './read/bmp-header.ts';
export { RAW_ENDINGS } from './read/file-format.ts';
export { readPictureBytes } from './read/picture-bytes.ts';
export { webpThumbnail } from './read/thumbnail.ts';

// The public exports of this folder, as `image`.
export { picture, type Picture } from './picture.ts';
export { decodePicture, readPicture, type DecodeOptions, type ReadOptions } from './read/decode.ts';
export {
  countPictures,
  readAnimation,
  type AnimatedPicture,
  type PictureCount,
} from './read/animated-picture.ts';
export { holdsPicture } from './read/picture-bytes.ts';
export { readPictureSize } from './read/picture-size.ts';
export { checkPixels, MAX_PIXELS } from './pixel-limit.ts';
export { decodeThumbnail, type ThumbnailOptions } from './read/thumbnail.ts';
export { rasterizerVersion, rasterizeSvg, type SvgDrawing } from './read/rasterize-svg.ts';
export {
  encodePicture,
  formatOfPath,
  writePicture,
  type EncodeOptions,
  type PictureFormat,
} from './write/encode.ts';
export {
  recipe,
  recipeFolder,
  recipeInput,
  withRecipeOptions,
  type Recipe,
  type RecipeInput,
} from './recipe/recipe.ts';
export { withoutXmp } from './recipe/without-xmp.ts';
export { readRecipe } from './recipe/read-recipe.ts';
export { colorStatistics, matchHistogram, type ColorStatistics } from './edit/color-transfer.ts';
export { multiply, squareRoot, type Matrix3 } from './edit/symmetric-eigen.ts';
export { inColor, luminance, withColorsOf } from './edit/color.ts';
export { crop, cropToAspect } from './edit/crop.ts';
export { maskOf, readMask, type Mask } from './read/mask.ts';
export { fitWithin, resize, sizeWithin, type ResizeOptions } from './edit/resize.ts';
export { montage, type MontageOptions } from './edit/montage.ts';
export { zoom } from './edit/zoom.ts';
export {
  animationFormatOf,
  createAnimation,
  type AnimationFormat,
  type AnimationWriter,
} from './write/animation.ts';
export { type AnimationOptions } from './write/frame-encoder.ts';
export { rgbBytes } from './write/rgb-bytes.ts';
export { parseSize } from './size.ts';

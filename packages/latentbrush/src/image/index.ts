export { picture, type Picture } from './picture.ts';
export { decodePicture, readPicture, type DecodeOptions, type ReadOptions } from './decode.ts';
export { countPictures, readAnimation, type AnimatedPicture, type PictureCount } from './animated-picture.ts';
export { holdsPicture } from './picture-bytes.ts';
export { readPictureSize } from './picture-size.ts';
export { checkPixels, MAX_PIXELS } from './pixel-limit.ts';
export { decodeThumbnail, type ThumbnailOptions } from './thumbnail.ts';
export { rasterizerVersion, rasterizeSvg, type SvgDrawing } from './rasterize-svg.ts';
export {
  encodePicture,
  formatOfPath,
  writePicture,
  type EncodeOptions,
  type PictureFormat,
} from './encode.ts';
export {
  recipe,
  recipeFolder,
  recipeInput,
  withRecipeOptions,
  type Recipe,
  type RecipeInput,
} from './recipe.ts';
export { withoutXmp } from './without-xmp.ts';
export { readRecipe } from './read-recipe.ts';
export { colorStatistics, matchHistogram, type ColorStatistics } from './color-transfer.ts';
export { multiply, squareRoot, type Matrix3 } from './symmetric-eigen.ts';
export { inColor, luminance, withColorsOf } from './color.ts';
export { crop, cropToAspect } from './crop.ts';
export { maskOf, readMask, type Mask } from './mask.ts';
export { fitWithin, resize, sizeWithin, type ResizeOptions } from './resize.ts';
export { montage, type MontageOptions } from './montage.ts';
export { zoom } from './zoom.ts';
export {
  animationFormatOf,
  createAnimation,
  type AnimationFormat,
  type AnimationWriter,
} from './animation.ts';
export { type AnimationOptions } from './frame-encoder.ts';
export { rgbBytes } from './rgb-bytes.ts';
export { parseSize } from './size.ts';

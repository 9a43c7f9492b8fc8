/** What is said where nothing in a picture excites the layers: it comes out as it went in. */
export const FLAT =
  'nothing changed: the gradient is 0 everywhere in the picture; choose other --layers, or another network';

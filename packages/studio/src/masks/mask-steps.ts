/** A place in a picture: from 0 to 1 in both directions. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A stroke of the brush. */
export interface Stroke {
  readonly kind: 'stroke';
  readonly erases: boolean;
  /** Diameter of the brush, as a share of the picture's width. */
  readonly size: number;
  readonly points: readonly Point[];
}

/** The edits of a mask, in order. Undo takes the last away. */
export type MaskStep = Stroke | { readonly kind: 'invert' } | { readonly kind: 'clear' };

/** Smallest and largest brush, as shares of the picture's width. */
export const BRUSH = { least: 0.01, most: 0.4, usual: 0.12 } as const;

/** Steps with a point at the end of the last stroke. A point at the same place adds nothing. */
export function withPoint(steps: readonly MaskStep[], point: Point): readonly MaskStep[] {
  const last = steps.at(-1);
  if (last?.kind !== 'stroke') return steps;
  const end = last.points.at(-1);
  if (end?.x === point.x && end.y === point.y) return steps;
  return [...steps.slice(0, -1), { ...last, points: [...last.points, point] }];
}

/** Step of the brush for an arrow key: a quarter of it, or all of it with Shift. */
const MOVES: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * The place of the brush after a key; undefined for keys that do not move it.
 * @param aspect width of the picture divided by its height
 */
export function movedBrush(
  at: Point,
  key: string,
  { size, aspect, isFar }: { readonly size: number; readonly aspect: number; readonly isFar: boolean },
): Point | undefined {
  const move = MOVES[key];
  if (move === undefined) return undefined;
  const distance = isFar ? size : size / 4;
  return {
    x: within(at.x + move.x * distance),
    y: within(at.y + move.y * distance * aspect),
  };
}

function within(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** The brush after a key that changes its size; undefined for other keys. */
export function resizedBrush(size: number, key: string): number | undefined {
  if (key !== '[' && key !== ']') return undefined;
  const next = key === '[' ? size / 1.25 : size * 1.25;
  return Math.min(BRUSH.most, Math.max(BRUSH.least, next));
}

/** The drawing surface of a mask: a part of `CanvasRenderingContext2D`. */
export type MaskContext = Pick<
  CanvasRenderingContext2D,
  | 'arc'
  | 'beginPath'
  | 'clearRect'
  | 'drawImage'
  | 'fill'
  | 'fillRect'
  | 'fillStyle'
  | 'globalCompositeOperation'
  | 'lineCap'
  | 'lineJoin'
  | 'lineTo'
  | 'lineWidth'
  | 'moveTo'
  | 'stroke'
  | 'strokeStyle'
>;

/** How to draw a mask. */
export interface MaskDrawing {
  readonly width: number;
  readonly height: number;
  readonly color: string;
  /** The initial mask: opaque where it is marked. */
  readonly base?: CanvasImageSource | undefined;
}

/** Draws a mask: the marked places have the colour, the others are transparent. */
export function drawMask(
  context: MaskContext,
  steps: readonly MaskStep[],
  { width, height, color, base }: MaskDrawing,
): void {
  context.globalCompositeOperation = 'source-over';
  context.clearRect(0, 0, width, height);
  context.fillStyle = color;
  context.strokeStyle = color;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  if (base !== undefined) {
    context.drawImage(base, 0, 0, width, height);
    context.globalCompositeOperation = 'source-in'; // the base in this colour
    context.fillRect(0, 0, width, height);
  }
  for (const step of steps) drawStep(context, step, { width, height });
  context.globalCompositeOperation = 'source-over';
}

function drawStep(
  context: MaskContext,
  step: MaskStep,
  { width, height }: Pick<MaskDrawing, 'width' | 'height'>,
): void {
  if (step.kind === 'clear') {
    context.clearRect(0, 0, width, height);
    return;
  }
  if (step.kind === 'invert') {
    context.globalCompositeOperation = 'xor'; // opaque places become transparent, and transparent ones opaque
    context.fillRect(0, 0, width, height);
    return;
  }
  context.globalCompositeOperation = step.erases ? 'destination-out' : 'source-over';
  context.beginPath();
  const [first] = step.points;
  if (first === undefined) return;
  if (step.points.length === 1) {
    context.arc(first.x * width, first.y * height, (step.size * width) / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.lineWidth = step.size * width;
  context.moveTo(first.x * width, first.y * height);
  for (const { x, y } of step.points.slice(1)) context.lineTo(x * width, y * height);
  context.stroke();
}

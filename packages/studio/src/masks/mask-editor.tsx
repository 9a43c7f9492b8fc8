import { useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { Button } from '../design/button.tsx';
import { Choices } from '../design/choices.tsx';
import { Slider } from '../design/slider.tsx';
import { useWords } from '../words/index.ts';
import { loadedImage, marksOf, maskFile, maskSize } from './mask-images.ts';
import {
  BRUSH,
  drawMask,
  movedBrush,
  resizedBrush,
  withPoint,
  type MaskStep,
  type Point,
} from './mask-steps.ts';
import './masks.css';

interface MaskEditorProps {
  /** The address of the picture. */
  readonly picture: string;
  /** The address of the mask to begin with. */
  readonly mask: string | undefined;
  /** The purpose of the marked places. */
  readonly help: string;
  readonly isSaving: boolean;
  /** Is called with the mask; undefined if nothing is marked. */
  readonly onDone: (mask: File | undefined) => void;
}

/** Draws a mask over a picture, with a pointer or with keys. */
export function MaskEditor({ picture, mask, help, isSaving, onDone }: MaskEditorProps) {
  const { say } = useWords();
  const [steps, setSteps] = useState<readonly MaskStep[]>([]);
  const [erases, setErases] = useState(false);
  const [size, setSize] = useState<number>(BRUSH.usual);
  const [brush, setBrush] = useState<Point>();
  const [isDown, setDown] = useState(false);
  const { canvas, pixels, base } = useMaskCanvas(picture, mask, steps);
  const id = useId();

  const add = (step: MaskStep): void => setSteps((now) => [...now, step]);
  const begin = (point: Point): void => {
    setDown(true);
    add({ kind: 'stroke', erases, size, points: [point] });
  };
  const undo = (): void => setSteps((now) => now.slice(0, -1));
  const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
    const { left, top, width, height } = canvas.current!.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  const drag = (event: PointerEvent): void => {
    setBrush(placeOf(event));
    if (!isDown) return;
    const places = event.nativeEvent.getCoalescedEvents().map(placeOf);
    setSteps((now) => (places.length > 0 ? places : [placeOf(event)]).reduce(withPoint, now));
  };
  const press = (event: KeyboardEvent): void => {
    const at = brush ?? { x: 0.5, y: 0.5 };
    const aspect = pixels === undefined ? 1 : pixels.width / pixels.height;
    const moved = movedBrush(at, event.key, { size, aspect, isFar: event.shiftKey });
    const resized = resizedBrush(size, event.key);
    if (moved !== undefined) {
      setBrush(moved);
      if (isDown) setSteps((now) => withPoint(now, moved));
    } else if (event.key === ' ') {
      setBrush(at);
      if (!event.repeat) begin(at);
    } else if (resized !== undefined) setSize(resized);
    else if (event.key === 'e') setErases(!erases);
    else if (event.key === 'z' && (event.ctrlKey || event.metaKey)) undo();
    else return;
    event.preventDefault();
  };
  const end = (): void => setDown(false);

  return (
    <div className="mask-editor">
      <div className="mask-stage">
        <div
          className="mask-picture"
          style={
            pixels === undefined
              ? undefined
              : {
                  aspectRatio: `${pixels.width} / ${pixels.height}`,
                  width: `min(100%, calc(var(--stage) * ${pixels.width / pixels.height}))`,
                }
          }
        >
          <img src={picture} alt="" />
          <canvas
            ref={canvas}
            className="mask-marks"
            tabIndex={0}
            role="application"
            aria-label={say('mask.canvas')}
            aria-describedby={`${id}-keys`}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              begin(placeOf(event));
            }}
            onPointerMove={drag}
            onPointerUp={end}
            onPointerCancel={end}
            onPointerLeave={() => setBrush(undefined)}
            onKeyDown={press}
            onKeyUp={(event) => event.key === ' ' && end()}
            onBlur={end}
          />
          {brush !== undefined && (
            <span
              className={erases ? 'mask-brush mask-eraser' : 'mask-brush'}
              style={{ left: `${brush.x * 100}%`, top: `${brush.y * 100}%`, width: `${size * 100}%` }}
            />
          )}
        </div>
      </div>
      <p className="soft small">{help}</p>
      <div className="mask-tools">
        <Choices
          label={say('mask.tool')}
          value={erases ? 'erase' : 'paint'}
          options={[
            { value: 'paint', label: say('mask.paint') },
            { value: 'erase', label: say('mask.erase') },
          ]}
          onChange={(tool) => setErases(tool === 'erase')}
        />
        <div className="field">
          <label className="field-label" htmlFor={`${id}-size`}>
            {say('mask.size')}
          </label>
          <Slider
            id={`${id}-size`}
            min={BRUSH.least}
            max={BRUSH.most}
            step={0.01}
            value={size}
            onChange={setSize}
          />
        </div>
        <div className="row">
          <Button icon="undo" disabled={steps.length === 0} onClick={undo}>
            {say('mask.undo')}
          </Button>
          <Button onClick={() => add({ kind: 'invert' })}>{say('mask.invert')}</Button>
          <Button icon="bin" onClick={() => add({ kind: 'clear' })}>
            {say('mask.clear')}
          </Button>
        </div>
      </div>
      <p className="soft small mask-keys" id={`${id}-keys`}>
        {say('mask.keys')}
      </p>
      <Button
        look="main"
        disabled={isSaving || pixels === undefined}
        onClick={() => {
          if (pixels !== undefined) void maskFile(steps, pixels.width, pixels.height, base).then(onDone);
        }}
      >
        {say('mask.done')}
      </Button>
    </div>
  );
}

/** A canvas that shows a mask while it is drawn. */
function useMaskCanvas(picture: string, mask: string | undefined, steps: readonly MaskStep[]) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pixels, setPixels] = useState<{ readonly width: number; readonly height: number }>();
  const [base, setBase] = useState<HTMLCanvasElement>();
  useEffect(() => {
    let isCurrent = true;
    const load = async (): Promise<void> => {
      const { naturalWidth, naturalHeight } = await loadedImage(picture);
      const size = maskSize(naturalWidth, naturalHeight);
      const marks =
        mask === undefined ? undefined : marksOf(await loadedImage(mask), size.width, size.height);
      if (!isCurrent) return;
      setBase(marks);
      setPixels(size);
    };
    void load();
    return () => {
      isCurrent = false;
    };
  }, [picture, mask]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || pixels === undefined) return;
    if (element.width !== pixels.width || element.height !== pixels.height) Object.assign(element, pixels);
    const context = element.getContext('2d');
    const color = getComputedStyle(element).color;
    if (context !== null) drawMask(context, steps, { ...pixels, color, base });
  }, [pixels, base, steps]);
  return { canvas, pixels, base };
}

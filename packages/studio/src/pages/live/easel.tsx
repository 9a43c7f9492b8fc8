import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useRunSource } from '../../api/run-source.ts';
import { useModelFacts } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { Choices } from '../../design/choices.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { Field } from '../../design/field.tsx';
import { Progress } from '../../design/progress.tsx';
import { Slider } from '../../design/slider.tsx';
import { DEVICES } from '../../live/device-words.ts';
import { LivePainter } from '../../live/live-painter.ts';
import { useLoaded } from '../../live/use-loaded.ts';
import { errorSentence } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';
import './live-page.css';
import { drawSquare, usePictureSource } from './picture-source.ts';
import { download, useRecording } from './use-recording.ts';

/** Loads a style, and paints with it. */
export function Easel({ run }: { readonly run: string }) {
  const { say, language } = useWords();
  const facts = useModelFacts(run);
  if (facts.error !== null) return <ErrorLine>{errorSentence(facts.error, '', say, language)}</ErrorLine>;
  if (facts.data === undefined || !('sizes' in facts.data))
    return <Progress share={undefined} label={say('live.loading')} />;
  return <Painting run={run} sizes={facts.data.sizes} />;
}

/** The side of the pictures in pixels, if the address names none. */
const USUAL_SIZE = 256;

function Painting({ run, sizes }: { readonly run: string; readonly sizes: readonly number[] }) {
  const { say } = useWords();
  const id = useId();
  const [params, setParams] = useSearchParams();
  const named = Number(params.get('size'));
  const size = sizes.includes(named) ? named : USUAL_SIZE;
  const [strength, setStrength] = useState(1);
  const [isPaused, setPaused] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const speed = useRef<HTMLParagraphElement>(null);
  const { part, isStudio } = useRunSource();
  const load = useCallback(
    () => LivePainter.load(part(run, 'model', size), size, isStudio), // published pages have no kernels for GPUs
    [run, size, part, isStudio],
  );
  const { loaded: painter, problem } = useLoaded(load);
  const { source, problem: noSource, openFile, openCamera } = usePictureSource();
  const recording = useRecording(canvas, (video) => download(video, `${run}.webm`));

  useEffect(() => {
    if (painter === undefined || source === undefined || isPaused) return undefined;
    const before = new OffscreenCanvas(painter.size, painter.size).getContext('2d', {
      willReadFrequently: true,
    });
    let isGone = false;
    const times: number[] = [];
    const moves = source.kind === 'camera' || source.kind === 'video';
    const paint = async (): Promise<void> => {
      const context = canvas.current?.getContext('2d');
      if (before === null || context === undefined || context === null) return;
      drawSquare(before as unknown as CanvasRenderingContext2D, source);
      const picture = before.getImageData(0, 0, painter.size, painter.size);
      const { painted, milliseconds, device } = await painter.paint(picture, strength);
      if (isGone) return;
      context.putImageData(painted, 0, 0);
      times.push(performance.now());
      while (times.length > 2 && times[0]! < times.at(-1)! - 2000) times.shift();
      const perSecond =
        times.length < 2 ? 1000 / milliseconds : ((times.length - 1) * 1000) / (times.at(-1)! - times[0]!);
      if (speed.current !== null)
        speed.current.textContent = moves
          ? say('live.speed', {
              ms: Math.round(milliseconds),
              fps: perSecond.toFixed(1),
              device: say(DEVICES[device]),
            })
          : say('live.speed.one', { ms: Math.round(milliseconds), device: say(DEVICES[device]) });
      if (moves) requestAnimationFrame(() => void paint().catch(() => undefined));
    };
    void paint().catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [painter, source, strength, isPaused, say]);

  return (
    <>
      {problem !== undefined && <ErrorLine>{say('live.failed', { reason: problem })}</ErrorLine>}
      {noSource !== undefined && <ErrorLine>{say('easel.noSource', { reason: say(noSource) })}</ErrorLine>}
      <div className="easel">
        <figure className="easel-picture">
          <canvas ref={canvas} width={size} height={size} role="img" aria-label={say('easel.picture')} />
          <figcaption className="soft small figure">
            <p ref={speed}>{painter === undefined ? say('live.loading') : say('easel.first')}</p>
          </figcaption>
        </figure>
        <section className="panel stack">
          <div className="row">
            <Button icon="eye" onClick={() => void openCamera()}>
              {say('easel.camera')}
            </Button>
            <label className="button file-button">
              {say('easel.file')}
              <input
                type="file"
                accept="image/*,video/*"
                onChange={({ target }) => {
                  const file = target.files?.[0];
                  if (file !== undefined) void openFile(file);
                }}
              />
            </label>
            {(source?.kind === 'camera' || source?.kind === 'video') && (
              <Button onClick={() => setPaused(!isPaused)}>
                {say(isPaused ? 'easel.go' : 'easel.pause')}
              </Button>
            )}
          </div>
          <Field
            id={`${id}-strength`}
            label={say('easel.strength')}
            aside={<span className="soft small figure">{Math.round(100 * strength)} %</span>}
          >
            <Slider
              id={`${id}-strength`}
              min={0}
              max={1}
              step={0.01}
              value={strength}
              onChange={setStrength}
            />
          </Field>
          {sizes.length > 1 && (
            <Choices
              label={say('easel.size')}
              value={String(size)}
              options={sizes.map((side) => ({ value: String(side), label: String(side) }))}
              onChange={(side) =>
                setParams(
                  (now) => {
                    now.set('size', side);
                    return now;
                  },
                  { replace: true },
                )
              }
            />
          )}
          <div className="row">
            <Button
              icon="picture"
              disabled={source === undefined}
              onClick={() =>
                canvas.current?.toBlob((picture) => {
                  if (picture !== null) download(picture, `${run}.png`);
                })
              }
            >
              {say('easel.snapshot')}
            </Button>
            <Button
              disabled={source === undefined}
              onClick={recording.isRecording ? recording.stop : recording.start}
            >
              {say(recording.isRecording ? 'easel.stop' : 'easel.record')}
            </Button>
          </div>
          <p className="field-help">{say('easel.private')}</p>
        </section>
      </div>
    </>
  );
}

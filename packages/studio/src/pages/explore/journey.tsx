import { useEffect, useId, useRef, useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Slider } from '../../design/slider.tsx';
import { onPath, type LatentPoint } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';
import { JourneyExport } from './journey-export.tsx';
import type { Pin } from './pin-list.tsx';

interface JourneyProps {
  readonly run: string;
  readonly system: 'vae' | 'gan';
  readonly pins: readonly Pin[];
  readonly isPlaying: boolean;
  readonly onPlaying: (isPlaying: boolean) => void;
  readonly onShow: (point: LatentPoint) => void;
}

/** Plays a closed path through all pins. */
export function Journey({ run, system, pins, isPlaying, onPlaying, onShow }: JourneyProps) {
  const { say } = useWords();
  const id = useId();
  const { isStudio } = useRunSource();
  const [pace, setPace] = useState(1.5);
  const at = useRef(0);
  const canPlay = pins.length >= 2;
  useEffect(() => {
    if (!isPlaying || !canPlay) return undefined;
    const points = pins.map(({ point }) => point);
    let before: number | undefined;
    let asked = 0;
    const show = (now: number): void => {
      at.current = (at.current + (now - (before ?? now)) / (1000 * pace * points.length)) % 1;
      before = now;
      onShow(onPath(points, at.current));
      asked = requestAnimationFrame(show);
    };
    asked = requestAnimationFrame(show);
    return () => cancelAnimationFrame(asked);
  }, [isPlaying, canPlay, pins, pace, onShow]);
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.path')}</h2>
      {canPlay ? (
        <>
          <Field
            id={id}
            label={say('explore.pace')}
            aside={<span className="soft small figure">{pace.toFixed(1)}</span>}
          >
            <Slider id={id} min={0.3} max={5} step={0.1} value={pace} onChange={setPace} />
          </Field>
          <Button onClick={() => onPlaying(!isPlaying)}>
            {say(isPlaying ? 'explore.pause' : 'explore.play')}
          </Button>
          {isStudio && (
            <JourneyExport run={run} system={system} points={pins.map(({ point }) => point)} pace={pace} />
          )}
        </>
      ) : (
        <p className="field-help">{say('explore.path.few')}</p>
      )}
    </section>
  );
}

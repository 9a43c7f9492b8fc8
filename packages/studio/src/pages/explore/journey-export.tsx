import type { ArtefactFormat } from 'latentbrush/studio';
import { useState } from 'react';
import { Link } from 'wouter';
import { useAddJob } from '../../api/queries.ts';
import { Button } from '../../design/button.tsx';
import { Choices } from '../../design/choices.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { onPath, type LatentPoint } from '../../live/latent-points.ts';
import { errorSentence } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';

interface JourneyExportProps {
  readonly run: string;
  readonly system: 'vae' | 'gan';
  readonly points: readonly LatentPoint[];
  /** Seconds from one pin to the next. */
  readonly pace: number;
}

const FORMATS = ['gif', 'webp', 'mp4'] as const satisfies readonly ArtefactFormat[];

const FRAMES_PER_SECOND = 20;

/** Maximum number of frames: a request has a limited size. */
const MOST_FRAMES = 400;

/** Makes an animation of a path through pins, as it plays, into the gallery. */
export function JourneyExport({ run, system, points, pace }: JourneyExportProps) {
  const { say, language } = useWords();
  const [format, setFormat] = useState<(typeof FORMATS)[number]>('gif');
  const add = useAddJob();
  const job = `${system}.interpolate`;
  const make = (): void => {
    const count = Math.min(MOST_FRAMES, Math.round(points.length * pace * FRAMES_PER_SECOND));
    const path = Array.from({ length: count }, (_, frame) => ({
      values: onPath(points, frame / count).map((value) => Number(value.toPrecision(5))),
    }));
    const options = { points: path, steps: 1, framesPerSecond: FRAMES_PER_SECOND };
    add.mutate({ job, inputs: { run: { run } }, options, format });
  };
  return (
    <>
      <Choices
        label={say('explore.export')}
        value={format}
        options={FORMATS.map((value) => ({ value, label: value === 'webp' ? 'WebP' : value.toUpperCase() }))}
        onChange={setFormat}
      />
      <Button disabled={add.isPending} onClick={make}>
        {say('explore.export.do')}
      </Button>
      {add.error !== null && <ErrorLine>{errorSentence(add.error, job, say, language)}</ErrorLine>}
      {add.data !== undefined && (
        <p role="status" className="field-help">
          {say('explore.export.done')} <Link href="/go/gallery">{say('page.gallery')}</Link>
        </p>
      )}
    </>
  );
}

import type { LatentMap, LearnedConcept, PictureModel } from 'latentbrush/studio';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { useConcepts, useLatentMap, useModelFacts } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { Choices } from '../../design/choices.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { Progress } from '../../design/progress.tsx';
import { DEVICES } from '../../live/device-words.ts';
import { moved, pointAt, type LatentPoint, type Place } from '../../live/latent-points.ts';
import { errorSentence } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';
import { Breeding } from './breeding.tsx';
import { Calculation } from './calculation.tsx';
import { conceptTitle } from './concept-title.ts';
import { ConceptMaker, MAP_TOOLS, type Groups, type MapTool } from './concept-maker.tsx';
import { DirectionSliders } from './direction-sliders.tsx';
import './explore.css';
import { Journey } from './journey.tsx';
import { MapCanvas } from './map-canvas.tsx';
import { Mixture } from './mixture.tsx';
import { Nearest } from './nearest.tsx';
import { OwnPicture } from './own-picture.tsx';
import { PinList, type Pin } from './pin-list.tsx';
import { useDecoder } from './use-decoder.ts';
import { layoutsOf, useLayout } from './use-layout.ts';

/** Pictures in a second, below which there is no motion to speak of. */
const FEWEST_IN_MOTION = 5;

/** Loads everything to explore a run, and shows it. */
export function Explorer({ run }: { readonly run: string }) {
  const { say, language } = useWords();
  const facts = useModelFacts(run);
  const map = useLatentMap(run);
  const concepts = useConcepts(run).data ?? [];
  const error = facts.error ?? map.error;
  if (error !== null) return <ErrorLine>{errorSentence(error, '', say, language)}</ErrorLine>;
  if (map.data === undefined || facts.data === undefined || !('latent' in facts.data))
    return <Progress share={undefined} label={say('explore.mapLoading')} />;
  return <Space key={map.data.tag} run={run} facts={facts.data} map={map.data} concepts={concepts} />;
}

interface SpaceProps {
  readonly run: string;
  readonly facts: PictureModel;
  readonly map: LatentMap;
  readonly concepts: readonly LearnedConcept[];
}

/** Offset of the point from its place on the map: along directions, in standard deviations, and along concepts. */
interface Bends {
  readonly steps: readonly number[];
  readonly concepts: readonly number[];
}

const STRAIGHT: Bends = { steps: [], concepts: [] };

const NONE: Groups = { with: [], without: [] };

function Space({ run, facts, map: ownMap, concepts }: SpaceProps) {
  const { say } = useWords();
  const source = useRunSource();
  const layouts = layoutsOf(ownMap);
  const [layout, setLayout] = useState(layouts[0] ?? 'pca');
  const { map, isWorking } = useLayout(ownMap, layout);
  const [place, setPlace] = useState<Place | undefined>(() => map.places[0]);
  const [base, setBase] = useState<LatentPoint>(() => pointAt(map, map.places[0] ?? [0, 0]));
  const [bends, setBends] = useState(STRAIGHT);
  const [pins, setPins] = useState<readonly Pin[]>([]);
  const [label, setLabel] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [tool, setTool] = useState<MapTool>('move');
  const [groups, setGroups] = useState<Groups>(NONE);
  const pinNumber = useRef(0);
  const screen = useRef<HTMLCanvasElement>(null);
  const speed = useRef<HTMLParagraphElement>(null);
  const { decoder, problem } = useDecoder(run, facts, (picture, { milliseconds, perSecond, device }) => {
    screen.current?.getContext('2d')?.putImageData(picture, 0, 0);
    if (speed.current !== null)
      speed.current.textContent =
        perSecond < FEWEST_IN_MOTION
          ? say('live.speed.one', { ms: milliseconds.toFixed(1), device: say(DEVICES[device]) })
          : say('live.speed', { ms: milliseconds.toFixed(1), fps: perSecond, device: say(DEVICES[device]) });
  });

  const point = useMemo(() => {
    const lengths = bends.steps.map((step, axis) => step * (map.deviations[axis] ?? 1));
    const turned = moved(base, map.directions, lengths);
    return moved(
      turned,
      concepts.map(({ direction }) => direction),
      bends.concepts,
    );
  }, [base, bends, concepts, map]);

  useEffect(() => {
    if (decoder === undefined) return;
    decoder.label = label;
    decoder.want(point);
  }, [decoder, label, point]);

  /** Shows a point that is not on the map. */
  const show = useCallback((shown: LatentPoint) => {
    setPlace(undefined);
    setBends(STRAIGHT);
    setBase(shown);
  }, []);
  const onPlace = useCallback(
    (to: Place) => {
      setPlaying(false);
      setPlace(to);
      setBase(pointAt(map, to));
    },
    [map],
  );

  /** Adds pictures to the group that is being selected, and takes them out of the other. */
  const select = (numbers: readonly number[]): void => {
    if (tool === 'move') return;
    const other = tool === 'with' ? 'without' : 'with';
    setGroups((now) => ({
      ...now,
      [tool]: [...new Set([...now[tool], ...numbers])],
      [other]: now[other].filter((number) => !numbers.includes(number)),
    }));
  };
  const sheet = source.sheet(run, map.tag);

  const pin = async (): Promise<void> => {
    const picture = await decoder?.decode(point);
    if (picture === undefined) return;
    pinNumber.current += 1;
    const number = pinNumber.current;
    setPins((all) => [...all, { number, point, picture }]);
  };

  return (
    <>
      {problem !== undefined && <ErrorLine>{say('live.failed', { reason: problem })}</ErrorLine>}
      <div className="explore-layout">
        <Choices
          label={say('explore.layout')}
          value={layout}
          options={layouts.map((value) => ({ value, label: say(`explore.layout.${value}`) }))}
          onChange={(chosen) => {
            setLayout(chosen);
            setPlace(undefined); // it is elsewhere now
          }}
        />
        {source.isStudio && (
          <Choices
            label={say('explore.tool')}
            value={tool}
            options={MAP_TOOLS.map((value) => ({ value, label: say(`explore.tool.${value}`) }))}
            onChange={setTool}
          />
        )}
        {isWorking && <p className="soft small">{say('explore.layout.working')}</p>}
      </div>
      <div className="explore-stage">
        <MapCanvas
          map={map}
          sheet={sheet}
          place={place}
          onPlace={onPlace}
          tool={tool}
          groups={groups}
          onSelect={select}
        />
        <figure className="explore-picture">
          <canvas
            ref={screen}
            width={facts.size}
            height={facts.size}
            role="img"
            aria-label={say('explore.picture')}
            data-point={point.join(' ')}
          />
          <figcaption className="live-head">
            <p className="soft small figure" ref={speed}>
              {decoder === undefined ? say('live.loading') : ''}
            </p>
            <Button icon="pin" disabled={decoder === undefined} onClick={() => void pin()}>
              {say('explore.pin')}
            </Button>
          </figcaption>
        </figure>
        <div className="explore-rest">
          {facts.classes.length > 0 && (
            <Choices
              label={say('explore.class')}
              value={String(label)}
              wrap
              options={facts.classes.map((name, index) => ({ value: String(index), label: name }))}
              onChange={(value) => setLabel(Number(value))}
            />
          )}
          <PinList
            pins={pins}
            onShow={(shown) => {
              setPlaying(false);
              show(shown.point);
            }}
            onRemove={({ number }) => setPins((all) => all.filter((one) => one.number !== number))}
          />
          <div className="explore-panels">
            <Nearest map={map} sheet={sheet} point={point} onShow={show} />
            {concepts.length > 0 && (
              <DirectionSliders
                title={say('explore.concepts')}
                names={concepts.map((concept) => conceptTitle(concept, say))}
                values={bends.concepts}
                range={2}
                onChange={(strengths) => setBends((now) => ({ ...now, concepts: strengths }))}
              />
            )}
            {source.isStudio && (
              <ConceptMaker
                run={run}
                map={map}
                groups={groups}
                onClear={() => {
                  setGroups(NONE);
                  setTool('move');
                }}
              />
            )}
            <DirectionSliders
              title={say('explore.directions')}
              help={say('explore.directions.help')}
              names={map.directions.map((_, axis) => say('explore.direction', { number: axis + 1 }))}
              values={bends.steps}
              range={3}
              onChange={(steps) => setBends((now) => ({ ...now, steps }))}
            />
            <Mixture pins={pins} keepsLength={facts.system === 'gan'} onShow={show} />
            <Calculation pins={pins} onShow={show} />
            <Breeding pins={pins} decoder={decoder} keepsLength={facts.system === 'gan'} onShow={show} />
            <Journey
              run={run}
              system={facts.system}
              pins={pins}
              isPlaying={isPlaying}
              onPlaying={setPlaying}
              onShow={show}
            />
            {facts.system === 'vae' && <OwnPicture run={run} facts={facts} onShow={show} />}
          </div>
        </div>
      </div>
    </>
  );
}

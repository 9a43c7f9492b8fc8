import type { LatentMap } from 'latentbrush/studio';
import { useId, useState } from 'react';
import { useLearnConcept } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { Field } from '../../design/field.tsx';
import { errorSentence } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';

/** The effect of a drag over the map: move, or select pictures for one of two groups. */
export const MAP_TOOLS = ['move', 'with', 'without'] as const;

export type MapTool = (typeof MAP_TOOLS)[number];

/** Numbers of pictures on the map, by group. */
export interface Groups {
  readonly with: readonly number[];
  readonly without: readonly number[];
}

interface ConceptMakerProps {
  readonly run: string;
  readonly map: LatentMap;
  readonly groups: Groups;
  readonly onClear: () => void;
}

/** Fewest pictures of a group. */
const FEWEST = 5;

/** Names the difference between two groups of pictures that are selected on the map: a concept, with its evidence. */
export function ConceptMaker({ run, map, groups, onClear }: ConceptMakerProps) {
  const { say, language } = useWords();
  const id = useId();
  const [name, setName] = useState('');
  const learn = useLearnConcept(run);
  const isEnough = groups.with.length >= FEWEST && groups.without.length >= FEWEST;
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.concept')}</h2>
      <p className="field-help">{say('explore.concept.help')}</p>
      <p className="small figure" role="status">
        {say('explore.concept.counts', { with: groups.with.length, without: groups.without.length })}
      </p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          learn.mutate({ name, ...groups, tag: map.tag }, { onSuccess: onClear });
        }}
      >
        <Field id={id} label={say('explore.concept.name')}>
          <input
            id={id}
            className="input"
            required
            maxLength={60}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </Field>
        <div className="row">
          <Button type="submit" disabled={!isEnough || learn.isPending}>
            {say('explore.concept.learn')}
          </Button>
          <Button look="quiet" onClick={onClear}>
            {say('explore.concept.clear')}
          </Button>
        </div>
      </form>
      {learn.error !== null && <ErrorLine>{errorSentence(learn.error, '', say, language)}</ErrorLine>}
      {learn.data !== undefined && (
        <p className="field-help">
          {say('explore.concept.learned', {
            name: learn.data.name,
            accuracy: Math.round(100 * learn.data.accuracy),
            chance: Math.round(100 * learn.data.chance),
          })}
        </p>
      )}
    </section>
  );
}

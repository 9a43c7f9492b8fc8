import type { RunEntry } from '../api/runs.ts';
import { useWords } from '../words/index.ts';
import { runTitle } from './run-title.ts';

interface RunSelectProps {
  readonly runs: readonly RunEntry[];
  readonly chosen: RunEntry;
  readonly onChoose: (name: string) => void;
}

/** A choice of a run: the person's own, then those that come with Latentbrush. */
export function RunSelect({ runs, chosen, onChoose }: RunSelectProps) {
  const { say } = useWords();
  const groups = [
    { label: say('pretrained.own'), of: runs.filter(({ isPretrained }) => !isPretrained) },
    { label: say('pretrained.group'), of: runs.filter(({ isPretrained }) => isPretrained) },
  ].filter(({ of }) => of.length > 0);
  return (
    <select className="input" value={chosen.name} onChange={(event) => onChoose(event.target.value)}>
      {groups.map(({ label, of }) => (
        <optgroup key={label} label={label}>
          {of.map((run) => (
            <option key={run.name} value={run.name}>
              {runTitle(run, say)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

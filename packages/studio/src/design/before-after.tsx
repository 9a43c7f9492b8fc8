import { useState } from 'react';

interface BeforeAfterProps {
  readonly before: string;
  readonly after: string;
  readonly words: { readonly before: string; readonly after: string; readonly compare: string };
}

/** Two pictures, one over the other, with a divider that moves with the pointer or the arrow keys. */
export function BeforeAfter({ before, after, words }: BeforeAfterProps) {
  const [place, setPlace] = useState(25);
  return (
    <div className="compare">
      <img src={after} alt={words.after} />
      <img src={before} alt={words.before} style={{ clipPath: `inset(0 ${100 - place}% 0 0)` }} />
      <span className="compare-line" style={{ left: `${place}%` }} />
      <span className="compare-name compare-before">{words.before}</span>
      <span className="compare-name compare-after">{words.after}</span>
      <input
        type="range"
        min={0}
        max={100}
        value={place}
        aria-label={words.compare}
        onChange={(event) => setPlace(Number(event.target.value))}
      />
    </div>
  );
}

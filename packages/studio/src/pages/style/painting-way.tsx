import { useLocation } from 'wouter';
import { Choices } from '../../design/choices.tsx';
import type { PictureReference } from '../../pictures/chosen.ts';
import { asText } from '../../pictures/chosen.ts';
import { useWords } from '../../words/index.ts';

type Way = 'fast' | 'slow';

const PLACES: Readonly<Record<Way, string>> = { fast: '/go/fast-style', slow: '/go/style' };

interface PaintingWayProps {
  readonly way: Way;
  /** Stays chosen. */
  readonly picture: PictureReference | undefined;
}

/** The choice between a network that knows one style, and any painting. */
export function PaintingWay({ way, picture }: PaintingWayProps) {
  const { say } = useWords();
  const [, navigate] = useLocation();
  const search = picture === undefined ? '' : `?input=${encodeURIComponent(asText(picture))}`;
  return (
    <Choices
      label={say('fast.way')}
      value={way}
      options={(['fast', 'slow'] as const).map((value) => ({ value, label: say(`fast.way.${value}`) }))}
      onChange={(chosen) => navigate(`${PLACES[chosen]}${search}`)}
    />
  );
}

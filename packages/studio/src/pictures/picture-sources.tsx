import { useQuery } from '@tanstack/react-query';
import { pictureAddress } from '../api/addresses.ts';
import { examplesQuery, useJobs } from '../api/queries.ts';
import { useWords, type WordKey } from '../words/index.ts';
import { asText, type PictureReference } from './chosen.ts';
import { isVideo, madePictures } from './made.ts';
import './pictures.css';

interface PictureSourcesProps {
  /** The current picture. */
  readonly chosen: PictureReference | undefined;
  /** The first example. */
  readonly first: string;
  readonly onChoose: (picture: PictureReference) => void;
}

/** The user's own pictures to choose from. */
const SHOWN = 24;

/** The examples and earlier results: a press chooses one. */
export function PictureSources({ chosen, first, onChoose }: PictureSourcesProps) {
  const { say } = useWords();
  const examples = useQuery(examplesQuery).data ?? [];
  const made = madePictures(useJobs().data ?? []).filter(({ file }) => !isVideo(file));
  const sorted = [...examples].sort((a, b) => Number(b.name === first) - Number(a.name === first));
  return (
    <div className="sources">
      <Row
        title={say('picture.examples')}
        chosen={chosen}
        onChoose={onChoose}
        pictures={sorted.map(({ name }) => ({
          picture: { example: name },
          name: say(`example.${name}` as WordKey),
        }))}
      />
      {made.length > 0 && (
        <Row
          title={say('picture.gallery')}
          chosen={chosen}
          onChoose={onChoose}
          pictures={made.slice(0, SHOWN).map(({ job, file }, index) => ({
            picture: { job: job.id, file },
            name: `${file} ${index + 1}`,
          }))}
        />
      )}
    </div>
  );
}

interface RowProps extends Pick<PictureSourcesProps, 'chosen' | 'onChoose'> {
  readonly title: string;
  readonly pictures: readonly { readonly picture: PictureReference; readonly name: string }[];
}

function Row({ title, pictures, chosen, onChoose }: RowProps) {
  const now = chosen === undefined ? undefined : asText(chosen);
  return (
    <div className="source">
      <p className="source-title">{title}</p>
      <ul className="source-row">
        {pictures.map(({ picture, name }) => (
          <li key={asText(picture)}>
            <button
              type="button"
              className="source-picture"
              aria-pressed={asText(picture) === now}
              aria-label={name}
              title={name}
              onClick={() => onChoose(picture)}
            >
              <img src={pictureAddress(picture, 160)} alt="" loading="lazy" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

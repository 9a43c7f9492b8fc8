import { pictureAddress } from '../../api/addresses.ts';
import type { PictureReference } from '../../pictures/chosen.ts';
import { PictureDrop } from '../../pictures/picture-drop.tsx';
import { PictureSources } from '../../pictures/picture-sources.tsx';
import { useAdding } from '../../pictures/use-adding.ts';
import { useWords } from '../../words/index.ts';

interface PaintingFieldProps {
  readonly painting: PictureReference | undefined;
  readonly onChoose: (painting: PictureReference) => void;
}

/** The painting whose style a picture gets. */
export function PaintingField({ painting, onChoose }: PaintingFieldProps) {
  const { say } = useWords();
  const adding = useAdding(onChoose);
  return (
    <section className="stack" aria-label={say('style.painting')}>
      <p className="field-label">{say('style.painting')}</p>
      {painting === undefined ? <p className="soft small">{say('style.painting.choose')}</p> : null}
      <div className={painting === undefined ? undefined : 'pair'}>
        {painting !== undefined && <img src={pictureAddress(painting, 256)} alt={say('style.painting')} />}
        <PictureDrop
          compact
          title={say(painting === undefined ? 'picture.browse' : 'style.painting.change')}
          adding={adding}
        />
      </div>
      <PictureSources chosen={painting} first="starry-night" onChoose={onChoose} />
    </section>
  );
}

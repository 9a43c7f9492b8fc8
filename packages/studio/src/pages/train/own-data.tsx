import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { collectionsQuery, uploadPictures, uploadText } from '../../api/collections.ts';
import { ErrorLine } from '../../design/error-line.tsx';
import { Progress } from '../../design/progress.tsx';
import { useWords } from '../../words/index.ts';
import { picturesIn } from './data-files.ts';

interface OwnDataProps {
  readonly kind: 'pictures' | 'text';
  /** Is called with a collection that was uploaded. */
  readonly onAdded: (id: string) => void;
}

/** Uploads data of the person: pictures, a folder, an archive, or a text. */
export function OwnData({ kind, onAdded }: OwnDataProps) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [progress, setProgress] = useState<{ readonly done: number; readonly of: number }>();
  const [problem, setProblem] = useState<string>();
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);

  const add = async (files: readonly File[]): Promise<void> => {
    const [first] = files;
    if (first === undefined) return;
    setProblem(undefined);
    setLeftOut([]);
    const folder = first.webkitRelativePath.split('/')[0] ?? '';
    const name = folder === '' ? first.name.replace(/\.[^.]*$/, '') : folder;
    try {
      let id: string;
      if (kind === 'text') id = await uploadText(name, new Uint8Array(await first.arrayBuffer()));
      else {
        const pictures = await picturesIn(files);
        if (pictures.length === 0) throw new Error(say('own.none'));
        setProgress({ done: 0, of: pictures.length });
        const uploaded = await uploadPictures(name, pictures, (done) =>
          setProgress({ done, of: pictures.length }),
        );
        setLeftOut(uploaded.leftOut);
        ({ id } = uploaded);
      }
      await queries.invalidateQueries(collectionsQuery);
      onAdded(id);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setProgress(undefined);
    }
  };
  const input = (label: string, attributes: object) => (
    <label className="button button-small file-button">
      {label}
      <input
        type="file"
        {...attributes}
        onChange={({ target }) => {
          void add([...(target.files ?? [])]);
          target.value = ''; // the same file can be chosen again
        }}
      />
    </label>
  );
  return (
    <>
      <div className="row">
        {kind === 'text' ? (
          input(say('own.text'), { accept: '.txt,.md,text/*' })
        ) : (
          <>
            {input(say('own.pictures'), { accept: 'image/*,.zip', multiple: true })}
            {input(say('own.folder'), { webkitdirectory: '' })}
          </>
        )}
      </div>
      {progress !== undefined && (
        <Progress share={progress.done / progress.of} label={say('own.progress', { ...progress })} />
      )}
      {problem !== undefined && <ErrorLine>{problem}</ErrorLine>}
      {leftOut.length > 0 && (
        <details>
          <summary>{say('own.leftOut', { count: leftOut.length })}</summary>
          <ul className="small">
            {leftOut.slice(0, 20).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

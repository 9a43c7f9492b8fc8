import { useContactSheet, type DataChoice } from '../../api/collections.ts';
import { useWords } from '../../words/index.ts';

/** Fewest pictures that a network learns from without repeating them. */
const FEW = 50;

/** Some pictures of a data set before a training, and facts about it. */
export function ContactSheetView({
  choice,
  isWanted,
  isRepeated,
}: {
  readonly choice: DataChoice;
  readonly isWanted: boolean;
  /** Whether the network learns to make such pictures: it repeats them if they are few. */
  readonly isRepeated: boolean;
}) {
  const { say } = useWords();
  const { data } = useContactSheet(choice, isWanted);
  if (data === undefined) return null; // a data set that is not on this machine has none
  const { pictures, classes, leftOut, sheet } = data;
  return (
    <figure className="stack train-sheet">
      <img src={`data:image/webp;base64,${sheet}`} alt={say('sheet.alt')} />
      <figcaption className="field-help">
        {say('sheet.count', { count: pictures })}
        {classes.length > 1 && ` ${say('sheet.classes', { count: classes.length })}`}
        {isRepeated && pictures < FEW && ` ${say('sheet.few')}`}
        {leftOut.length > 0 && ` ${say('sheet.leftOut', { files: leftOut.join('; ') })}`}
      </figcaption>
    </figure>
  );
}

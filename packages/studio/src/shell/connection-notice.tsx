import { useConnection } from '../api/connection.ts';
import { Icon } from '../design/icon.tsx';
import { useWords } from '../words/index.ts';

/** Says that the studio does not answer, and what to do. */
export function ConnectionNotice() {
  const { say } = useWords();
  const { state } = useConnection();
  if (state === 'open') return null;
  return (
    <p className="connection" role="alert">
      <Icon name="warning" />
      <span>{say(`connection.${state}`)}</span>
    </p>
  );
}

import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { Button } from './button.tsx';

interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

const Context = createContext<(notice: Notice) => void>(() => undefined);

/** How long a notice stays, in milliseconds; longer with an action. */
const STAYS = { plain: 3000, action: 9000 };

/** Shows a notice at the edge of the page for a few seconds. */
export function useNotice(): (notice: Notice) => void {
  return useContext(Context);
}

/** Provides notices for its children. */
export function Notices({ children }: { readonly children: ReactNode }) {
  const [notices, setNotices] = useState<readonly (Notice & { id: number })[]>([]);
  const remove = useCallback((id: number) => setNotices((shown) => shown.filter((one) => one.id !== id)), []);
  const show = useCallback(
    (notice: Notice) => {
      const id = Date.now() + Math.random();
      setNotices((shown) => [...shown.slice(-2), { ...notice, id }]);
      setTimeout(() => remove(id), notice.action === undefined ? STAYS.plain : STAYS.action);
    },
    [remove],
  );
  const list = useMemo(
    () =>
      notices.map(({ id, text, action }) => (
        <div className="notice" key={id}>
          <span>{text}</span>
          {action !== undefined && (
            <Button
              small
              onClick={() => {
                remove(id);
                action.run();
              }}
            >
              {action.label}
            </Button>
          )}
        </div>
      )),
    [notices, remove],
  );
  return (
    <Context value={show}>
      {children}
      <div className="notices" role="status">
        {list}
      </div>
    </Context>
  );
}

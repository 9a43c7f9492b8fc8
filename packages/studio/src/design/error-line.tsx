import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** What went wrong, in a line. It is read out when it appears. */
export function ErrorLine({
  id,
  children,
}: {
  readonly id?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <p className="error-line" role="alert" id={id}>
      <Icon name="warning" />
      <span>{children}</span>
    </p>
  );
}

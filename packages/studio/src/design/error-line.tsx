import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** An error in a line. Screen readers read it when it appears. */
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

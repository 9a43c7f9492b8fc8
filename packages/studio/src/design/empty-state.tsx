import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  readonly help: string;
  /** What to do: a button or a link. */
  readonly children?: ReactNode;
}

/** Says what will be here, and what to do for it. */
export function EmptyState({ title, help, children }: EmptyStateProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{help}</p>
      {children}
    </div>
  );
}

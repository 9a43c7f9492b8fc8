import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  readonly help: string;
  /** The level of its heading: `h1` if it is the whole page (default: `h2`). */
  readonly heading?: 'h1' | 'h2' | undefined;
  /** What to do: a button or a link. */
  readonly children?: ReactNode;
}

/** An empty page: says what will be here, and what to do for it. */
export function EmptyState({ title, help, heading: Heading = 'h2', children }: EmptyStateProps) {
  return (
    <div className="empty">
      <Heading>{title}</Heading>
      <p>{help}</p>
      {children}
    </div>
  );
}

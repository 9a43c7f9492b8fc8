import type { ReactNode } from 'react';
import { ErrorLine } from './error-line.tsx';

interface FieldProps {
  /** Id of the control of the label. The help has this id with `-help`, the error with `-error`. */
  readonly id: string;
  readonly label: string;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  /** Beside the label: the value, a small button. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A labelled control with its help and its error. */
export function Field({ id, label, help, error, aside, children }: FieldProps) {
  return (
    <div className="field">
      <div className="field-head">
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
        {aside}
      </div>
      {children}
      {help !== undefined && (
        <p className="field-help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error !== undefined && <ErrorLine id={`${id}-error`}>{error}</ErrorLine>}
    </div>
  );
}

/** The attributes that link a control to its help and error. */
export function described(id: string, { help, error }: Pick<FieldProps, 'help' | 'error'>) {
  const ids = [
    ...(help === undefined ? [] : [`${id}-help`]),
    ...(error === undefined ? [] : [`${id}-error`]),
  ];
  return {
    id,
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
    'aria-invalid': error === undefined ? undefined : true,
  };
}

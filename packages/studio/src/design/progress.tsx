interface ProgressProps {
  /** From 0 to 1; undefined if unknown. */
  readonly share: number | undefined;
  readonly label: string;
  /** At the right: the remaining time. */
  readonly aside?: string | undefined;
}

/** A progress bar. Its height does not depend on its text. */
export function Progress({ share, label, aside }: ProgressProps) {
  const percent = share === undefined ? undefined : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div className={percent === undefined ? 'progress progress-waiting' : 'progress'}>
      <div
        className="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div className="progress-fill" style={percent === undefined ? undefined : { width: `${percent}%` }} />
      </div>
      <div className="progress-words">
        <span>{label}</span>
        <span>{aside ?? (percent === undefined ? '' : `${percent} %`)}</span>
      </div>
    </div>
  );
}

const PATHS = {
  close: 'M6 6l12 12M18 6L6 18',
  queue: 'M4 6h16M4 12h16M4 18h9',
  upload: 'M12 16V4M7 9l5-5 5 5M4 20h16',
  download: 'M12 4v12M7 11l5 5 5-5M4 20h16',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  again: 'M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5',
  bin: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  next: 'M9 5l7 7-7 7',
  previous: 'M15 5l-7 7 7 7',
  warning: 'M12 4l9 16H3zM12 10v4M12 17h.01',
  settings: 'M4 7h10M18 7h2M14 4v6M4 17h2M10 17h10M10 14v6',
  brush: 'M4 20c4 0 5-2 5-4a3 3 0 0 1 6 0c0 3-4 4-11 4zM12 13l7-9 1 1-6 10',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  pin: 'M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21zM12 7a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  compare: 'M4 5h7v14H4zM13 5h7v14h-7',
  undo: 'M9 8H15a5 5 0 0 1 0 10H8M9 8l4-4M9 8l4 4',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  check: 'M5 13l4 4L19 7',
} as const;

export type IconName = keyof typeof PATHS;

/** A small drawing beside a text with the same meaning: screen readers skip it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

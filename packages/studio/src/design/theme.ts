import { useState } from 'react';

/** The colours of the page: those of the system, or chosen ones. */
export type Theme = 'system' | 'light' | 'dark';

const STORED = 'latentbrush.theme';

function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Applies the last chosen colours before the page is drawn. */
export function startTheme(): void {
  show(storedTheme());
}

/** The colours, and a function that changes them. */
export function useTheme(): [theme: Theme, choose: (theme: Theme) => void] {
  const [theme, setTheme] = useState(storedTheme);
  return [
    theme,
    (chosen) => {
      localStorage.setItem(STORED, chosen);
      show(chosen);
      setTheme(chosen);
    },
  ];
}

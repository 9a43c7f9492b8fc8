import { useEffect } from 'react';

/** Ctrl+Enter (Cmd+Enter) starts, Esc cancels; not while a dialog is open, which Esc closes. */
export function useRunKeys(start: (() => void) | undefined, cancel: (() => void) | undefined): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && start !== undefined) {
        event.preventDefault();
        start();
      }
      if (event.key === 'Escape' && cancel !== undefined) cancel();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });
}

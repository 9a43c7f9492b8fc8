import { useEffect, useRef } from 'react';

/** Shows a page from its top when a link opens it. Back and forward return to where the page was scrolled, as browsers do. */
export function useBeginAtTop(path: string): void {
  const isReturn = useRef(true); // a page that is loaded again, too
  useEffect(() => {
    const note = (): void => {
      isReturn.current = true;
    };
    window.addEventListener('popstate', note);
    return () => window.removeEventListener('popstate', note);
  }, []);
  useEffect(() => {
    if (!isReturn.current) window.scrollTo(0, 0);
    isReturn.current = false;
  }, [path]);
}

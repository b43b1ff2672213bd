import { useEffect } from 'react';

/** What the Escape key does; undefined: nothing. */
export function useEscape(onEscape: (() => void) | undefined): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onEscape?.();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onEscape]);
}

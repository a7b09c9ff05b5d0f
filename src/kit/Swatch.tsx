import { useAppState } from './app-context';

/** The colour of a column's curves beside its name, while there are curves. */
export function Swatch({ index }: { index: number }) {
  const open = useAppState(({ settings }) => settings.inside);
  return open ? <span className="swatch" data-column={index} aria-hidden="true" /> : null;
}

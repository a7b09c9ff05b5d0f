import type { MouseEvent } from 'react';
import { linkTo } from '../settings/address';
import { change } from '../settings/store';
import { useApp } from './app-context';
import type { App } from './feature';

interface PageLinkProps {
  /** The id of a feature's page. */
  readonly page: () => string;
  readonly isCurrent?: boolean;
  readonly children: string;
}

/** Opens a page; as a link, so that it also opens in another tab. */
export function PageLink({ page, isCurrent = false, children }: PageLinkProps) {
  const app = useApp();
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    change(app.store, { page: page() });
  };
  // The settings change all the time: its address is written when it is about to be used.
  const write = ({ currentTarget }: { currentTarget: HTMLAnchorElement }) => {
    currentTarget.href = addressOf(app, page());
  };
  return (
    <a
      href={`?page=${page()}`}
      aria-current={isCurrent ? 'page' : undefined}
      onPointerDown={write}
      onFocus={write}
      onClick={open}
    >
      {children}
    </a>
  );
}

function addressOf({ store, defaults }: App, page: string): string {
  const { settings, engine } = store.getState();
  return linkTo({ settings: { ...settings, page }, engine }, defaults);
}

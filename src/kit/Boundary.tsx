import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { messageOf } from '../networks/errors';
import { clipped } from '../settings/short-text';
import { useWords } from './app-context';
import { commonWords } from './words/words';
import './notices.css';

/** A part of the page whose program could not be loaded. */
class PartMissing extends Error {
  override readonly name = 'PartMissing';
  /** Lets it be loaded again. */
  readonly again: () => void;

  constructor(cause: unknown, again: () => void) {
    super(messageOf(cause), { cause });
    this.again = again;
  }
}

/**
 * A view whose program is loaded when it is first shown. Where that fails, `Boundary` says so, and
 * its "Try again" loads it again.
 */
export function lazyView(load: () => Promise<ComponentType>): ComponentType {
  // React remembers how the loading of a lazy component ended: to load it again takes another one.
  const begin = () =>
    lazy(async () => {
      try {
        return { default: await load() };
      } catch (cause) {
        throw new PartMissing(cause, () => (View = begin()));
      }
    });
  let View = begin();
  return () => <View />;
}

interface BoundaryState {
  readonly failed: boolean;
  readonly error: unknown;
}

/** A part of the page that may fail alone: the others stay, and this one says so and is tried again. */
export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { failed: false, error: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { failed: true, error };
  }

  override render(): ReactNode {
    const { failed, error } = this.state;
    if (!failed) return <Suspense>{this.props.children}</Suspense>;
    const retry = () => {
      if (error instanceof PartMissing) error.again();
      this.setState({ failed: false });
    };
    return <Failure error={error} onRetry={retry} />;
  }
}

function Failure({ error, onRetry }: { readonly error: unknown; onRetry(): void }) {
  const { part, retry } = useWords(commonWords);
  return (
    <div className="notice error" role="alert" data-part-failed="">
      <p>
        <strong>{error instanceof PartMissing ? part.missing : part.failed}</strong>{' '}
        <small lang="en">{clipped(messageOf(error))}</small>
      </p>
      <button type="button" onClick={onRetry}>
        {retry}
      </button>
      {/* The address is the settings: nothing that is set is lost. */}
      <button type="button" onClick={() => location.reload()}>
        {part.reload}
      </button>
    </div>
  );
}

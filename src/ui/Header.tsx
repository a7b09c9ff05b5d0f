import { linkTo } from '../state/address';
import type { Language, Theme } from '../state/settings';
import { change } from '../state/store';
import { useApp, useAppState, useStrings } from './app-context';
import { Export } from './Export';

/** Title, what the engine runs on, language and theme. */
export function Header() {
  const { store } = useApp();
  const strings = useStrings();
  const language = useAppState(({ settings }) => settings.language);
  const theme = useAppState(({ settings }) => settings.theme);
  return (
    <header className="top">
      <div className="title">
        <h1>{strings.title}</h1>
        <p>{strings.tagline}</p>
      </div>
      <Badge />
      <CopyLink />
      <Export />
      <select
        aria-label={strings.language}
        value={language}
        onChange={({ target }) => change(store, { language: target.value as Language })}
      >
        <option value="en">English</option>
        <option value="zh">简体中文</option>
      </select>
      <select
        aria-label={strings.theme.label}
        value={theme}
        onChange={({ target }) => change(store, { theme: target.value as Theme })}
      >
        {(['auto', 'light', 'dark'] as const).map((name) => (
          <option key={name} value={name}>
            {strings.theme[name]}
          </option>
        ))}
      </select>
    </header>
  );
}

/** Backend, adapter and precision; the reason where WebGPU was wanted and is not used. */
function Badge() {
  const { store, runner } = useApp();
  const { badge } = useStrings();
  const engine = useAppState((state) => state.engine);
  const choice = useAppState(({ settings }) => settings.backend);
  if (engine.status !== 'ready') return null;
  const { backend, adapter, threads, precision, fallback } = engine.info;
  const { dataset } = engine.manifest;
  const reload = (wanted: 'auto' | 'wasm') => {
    change(store, { backend: wanted });
    void runner.load();
  };
  const device = backend === 'webgpu' ? `WebGPU · ${adapter}` : badge.wasm(threads);
  return (
    <details className="badge" data-backend={backend}>
      <summary>
        <span className="dot" aria-hidden="true" />
        <span className="visually-hidden">{badge.label} </span>
        {device} · {precision}
      </summary>
      <div>
        {fallback && (
          <p>
            {badge.fallback[fallback.reason]}{' '}
            {fallback.detail && <small lang="en">{fallback.detail}</small>}
          </p>
        )}
        {choice === 'wasm' && <p>{badge.forced}</p>}
        <p>{badge.license(dataset.name, dataset.licence)}</p>
        {backend === 'webgpu' ? (
          <button type="button" onClick={() => reload('wasm')}>
            {badge.useWasm}
          </button>
        ) : (
          <button type="button" onClick={() => reload('auto')}>
            {badge.useWebGpu}
          </button>
        )}
      </div>
    </details>
  );
}

function CopyLink() {
  const { store, defaults } = useApp();
  const { controls } = useStrings();
  return (
    <button
      type="button"
      onClick={async () => {
        const address = linkTo(store.getState().settings, defaults);
        // Pages that are neither https nor localhost have no clipboard, and the visitor may refuse.
        const copied = await navigator.clipboard?.writeText(address).then(
          () => true,
          () => false,
        );
        store.setState({ notice: copied ? { kind: 'copied' } : { kind: 'link', address } });
      }}
    >
      {controls.copyLink}
    </button>
  );
}

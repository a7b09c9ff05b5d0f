import {
  createContext,
  type KeyboardEvent,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';

interface Tools {
  /** The tool that Tab leads to. */
  readonly current: string | undefined;
  enter(name: string): void;
  /** @returns takes the tool out again */
  register(name: string): () => void;
}

interface ToolbarProps {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

const ToolsContext = createContext<Tools | undefined>(undefined);

/**
 * Tools that are one stop of the Tab key together: arrow keys, Home and End go from one to the next.
 * https://www.w3.org/WAI/ARIA/apg/patterns/toolbar
 */
export function Toolbar({ label, className = 'tools', children }: ToolbarProps) {
  const [names, setNames] = useState<readonly string[]>([]);
  const [entered, enter] = useState<string>();
  const current = entered !== undefined && names.includes(entered) ? entered : names[0];
  const tools = useMemo<Tools>(
    () => ({
      current,
      enter,
      register(name) {
        setNames((before) => [...before, name]);
        return () => setNames((before) => before.filter((other) => other !== name));
      },
    }),
    [current],
  );
  return (
    <div role="toolbar" aria-label={label} className={className} onKeyDown={moveFocus}>
      <ToolsContext value={tools}>{children}</ToolsContext>
    </div>
  );
}

/** What makes an element one of the tools around it: attributes to spread on it. */
export function useTool(name: string) {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error(`useTool: "${name}" needs a Toolbar above, found none`);
  const { current, enter, register } = tools;
  // biome-ignore lint/correctness/useExhaustiveDependencies: register is another function each time, and does the same
  useEffect(() => register(name), [name]);
  return {
    'data-tool': name,
    tabIndex: current === name ? 0 : -1,
    onFocus: () => enter(name),
  };
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const tools = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-tool]')];
  const at = tools.indexOf(event.target as HTMLElement);
  // Keys in an open menu belong to what is in it.
  if (at < 0) return;
  const to = {
    ArrowRight: (at + 1) % tools.length,
    ArrowLeft: (at - 1 + tools.length) % tools.length,
    Home: 0,
    End: tools.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  tools[to]!.focus();
}

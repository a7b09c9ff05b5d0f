import { useEffect, useState } from 'react';
import { useApp, useAppState } from './app-context';

const NONE: readonly string[] = [];

/** Whether samples get figures: the network has one beside it that judges them, or is not known yet. */
export function useIsJudged(): boolean {
  return useAppState(
    ({ engine }) => engine.status !== 'ready' || engine.manifest.companions?.features !== undefined,
  );
}

/**
 * The classes that verdicts name: the network's own, or those of its feature network where prompts
 * condition it. None until they are known.
 */
export function useJudgedClasses(): readonly string[] {
  const { readCatalogue } = useApp();
  const own = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.classes : NONE,
  );
  const judge = useAppState(({ engine }) =>
    engine.status === 'ready' && engine.manifest.prompts
      ? engine.manifest.companions?.features
      : undefined,
  );
  const [read, setRead] = useState<{
    readonly judge: string;
    readonly classes: readonly string[];
  }>();
  useEffect(() => {
    if (judge === undefined) return;
    let current = true;
    readCatalogue().then(
      ({ manifests }) => {
        const classes = manifests.find(({ id }) => id === judge)?.classes ?? NONE;
        if (current) setRead({ judge, classes });
      },
      () => undefined, // verdicts do without their names
    );
    return () => {
      current = false;
    };
  }, [judge, readCatalogue]);
  if (judge === undefined) return own;
  return read?.judge === judge ? read.classes : NONE;
}

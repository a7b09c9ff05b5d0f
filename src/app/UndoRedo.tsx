import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useAppState, useService, useWords } from '../kit/app-context';
import { settingsUndo } from '../kit/services';
import { useTool } from '../kit/Toolbar';
import { commonWords, type Strings } from '../kit/words/words';
import { describeColumns } from '../settings/describe';
import type { ScaleUnit } from '../settings/scale-unit';
import type { SettingsChange } from '../settings/undo';
import { RedoIcon, UndoIcon } from './icons';
import { isTyping } from './keys';
import { appWords } from './words';

/** Takes changes of the settings back, by button and by key. */
export function UndoRedo() {
  const undo = useService(settingsUndo);
  const words = useWords(appWords).undo;
  const back = useStore(undo.state, (state) => state.undo);
  const again = useStore(undo.state, (state) => state.redo);
  const undoWhat = useWhat(back);
  const redoWhat = useWhat(again);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event)) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) undo.redo();
      else undo.undo();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [undo]);
  return (
    <>
      <button
        type="button"
        aria-disabled={!back}
        {...named(back ? words.undo(undoWhat) : words.noUndo)}
        {...useTool('undo')}
        onClick={() => undo.undo()}
      >
        <UndoIcon />
      </button>
      <button
        type="button"
        aria-disabled={!again}
        {...named(again ? words.redo(redoWhat) : words.noRedo)}
        {...useTool('redo')}
        onClick={() => undo.redo()}
      >
        <RedoIcon />
      </button>
    </>
  );
}

const named = (name: string) => ({ title: name, 'aria-label': name });

/** What a change changed, in words. */
function useWhat(change: SettingsChange | undefined): string {
  const strings = useWords(commonWords);
  const { changes } = useWords(appWords).undo;
  const unit = useAppState(({ settings }) => settings.unit);
  if (!change) return '';
  const { from, to } = change;
  if (from.model !== to.model) return changes.model;
  if (from.columns.length !== to.columns.length) return changes.columns;
  const ofColumns = columnChanges(change, strings, unit);
  if (ofColumns.length) return ofColumns.join(', ');
  if (from.subject !== to.subject) return changes.subject;
  if (from.seed !== to.seed) return changes.seed;
  if (from.count !== to.count) return changes.count;
  if (from.layout !== to.layout) return changes.layout;
  return changes.other;
}

function columnChanges({ from, to }: SettingsChange, strings: Strings, unit: ScaleUnit): string[] {
  const differences = from.columns.flatMap(
    (column, i) => describeColumns([column, to.columns[i]!], strings, unit).differences,
  );
  return [...new Set(differences)];
}

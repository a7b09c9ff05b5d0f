import { useAppState } from '../../kit/app-context';
import { Column } from './Column';

/** The columns side by side on the same noise. */
export function Columns({ headings }: { readonly headings: readonly string[] }) {
  const columns = useAppState((state) => state.columns);
  return (
    <div className="columns" data-count={columns.length}>
      {columns.map((state, index) => (
        <Column key={state.id} index={index} state={state} heading={headings[index] ?? ''} />
      ))}
    </div>
  );
}

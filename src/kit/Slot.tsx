import type { ComponentType } from 'react';
import { useApp } from './app-context';
import { Boundary } from './Boundary';
import type { SlotName, SlotProps } from './feature';

/** What the features have for a place on the page, in the order in which they are listed. */
export function Slot<S extends SlotName>({ name, ...props }: { readonly name: S } & SlotProps[S]) {
  const { features } = useApp();
  return features.map(({ id, slots }) => {
    const Filling = slots?.[name] as ComponentType<object> | undefined;
    return (
      Filling && (
        <Boundary key={id}>
          <Filling {...props} />
        </Boundary>
      )
    );
  });
}

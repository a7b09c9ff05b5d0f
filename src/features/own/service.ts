import { useStore } from 'zustand';
import { useService } from '../../kit/app-context';
import { defineService } from '../../kit/service';
import type { OwnNetworks, OwnState } from './own-networks';

export const ownNetworks = defineService<OwnNetworks>('own networks');

/** What the dialog shows of its state. */
export function useOwn<T>(select: (state: OwnState) => T): T {
  return useStore(useService(ownNetworks).state, select);
}

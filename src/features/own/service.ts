import { defineService } from '../../kit/service';
import type { OwnNetworks } from './own-networks';

export const ownNetworks = defineService<OwnNetworks>('own networks');

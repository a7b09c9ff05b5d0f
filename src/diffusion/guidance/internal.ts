import { awayFrom } from './away-from';

/**
 * Internal guidance: m + s (c - m), m the estimate of a head in the middle of the same network
 * (2512.24176).
 *
 * As autoguidance, with a weak network that costs no evaluation: one pass gives both estimates.
 */
export const internal = awayFrom('auxiliary', {
  id: 'internal',
  label: 'Internal guidance',
  paper: '2512.24176',
});

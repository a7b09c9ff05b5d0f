import { awayFrom } from './away-from';

/**
 * Autoguidance: weak + s (c - weak), the weak network given the same class (2406.02507, eq. 4).
 *
 * Away from what a less trained network believes, and not away from other classes.
 */
export const autoguidance = awayFrom('weak', {
  id: 'autoguidance',
  label: 'Autoguidance',
  paper: '2406.02507',
});

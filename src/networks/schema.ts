import * as v from 'valibot';

// A schema's message is its requirement: readers write "<file>: "<field>" must be <requirement>, got …".
export const text = v.pipe(v.string('a string'), v.nonEmpty('a string that is not empty'));

export const count = v.pipe(
  v.number('a number'),
  v.safeInteger('a whole number'),
  v.minValue(1, 'a whole number of at least 1'),
);

export const sha256 = v.pipe(
  v.string('a string'),
  v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 small hexadecimal digits'),
);

import type { Subject } from './settings';

/** Presets need a class: the unconditional subject becomes the first class. */
export function presetSubject(subject: Subject, classes: readonly string[]): Subject {
  return subject.kind === 'none' ? { kind: 'class', name: classes[0]! } : subject;
}

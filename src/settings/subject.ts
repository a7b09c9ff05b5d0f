import type { DenoiserManifest } from '../networks/manifest';
import { escaped, numberText, unescaped } from './address-text';
import { isConditional, knows, LIMITS, type Named } from './column';

/**
 * What is drawn: samples of one class (or of none), or a sample of each of several classes: a word's
 * letters, say. A network that prompts condition takes a prompt for a class's name.
 */
export type Subject =
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'each'; readonly names: readonly string[] };

/** A seed of the page. */
export const seedText = numberText(0, 2 ** 32 - 1, true);

/** Samples of the page where neither the address nor the network asks for another number. */
export const USUAL_COUNT = 16;

/** The class of every sample by its name; null stands for no class. */
export function sampleNames(settings: {
  readonly subject: Subject;
  readonly count: number;
}): (string | null)[] {
  const { subject, count } = settings;
  if (subject.kind === 'each') return [...subject.names];
  const name = subject.kind === 'class' ? subject.name : null;
  return Array.from({ length: count || USUAL_COUNT }, () => name);
}

/** Those that are classes, in whichever case they are. */
export function knownNames(names: Iterable<string>, classes: readonly string[]): string[] {
  const known = [...names].flatMap(
    (name) => [name, name.toUpperCase(), name.toLowerCase()].find((n) => classes.includes(n)) ?? [],
  );
  return known.slice(0, LIMITS.each);
}

/** As many classes, from all over the list. */
export function spreadClasses(classes: readonly string[], wanted: number): string[] {
  const count = Math.min(wanted, classes.length, LIMITS.each);
  return Array.from(
    { length: count },
    (_, k) => classes[Math.floor((k * classes.length) / count)]!,
  );
}

/** Whether names of classes are letters of a word. */
export function isWord(names: readonly string[]): boolean {
  return names.every((name) => [...name].length === 1);
}

/** Names of classes in a row; letters make a word. */
export function namesText(names: readonly string[]): string {
  return names.join(isWord(names) ? '' : ', ');
}

/** What of a network decides what can be drawn, and what is drawn first. */
export type Drawing = Named & Pick<Partial<DenoiserManifest>, 'scene'>;

/** What a network is first shown with: its most telling class, or the first of its classes or prompts. */
export function firstClass({ classes, prompts, scene }: Drawing): string {
  if (prompts) return prompts.examples[0] ?? '';
  return scene && classes.includes(scene.class) ? scene.class : classes[0]!;
}

/** Subject that the model knows: none of a model without classes; an unknown class becomes its first choice, of several the unknown fall away. */
export function knownSubject(subject: Subject, model: Drawing): Subject {
  if (!isConditional(model)) return { kind: 'none' };
  const instead: Subject = { kind: 'class', name: firstClass(model) };
  switch (subject.kind) {
    case 'none':
      return subject;
    case 'class':
      return subject.name !== '' && knows(model, subject.name) ? subject : instead;
    case 'each': {
      const names = model.prompts
        ? subject.names.slice(0, LIMITS.each)
        : knownNames(subject.names, model.classes);
      return names.length ? { kind: 'each', names } : instead;
    }
    default:
      return subject satisfies never;
  }
}

/** Presets need a class: the unconditional subject becomes the network's first choice. */
export function presetSubject(subject: Subject, model: Drawing): Subject {
  return subject.kind === 'none' ? { kind: 'class', name: firstClass(model) } : subject;
}

/** `none`, `class:B`, `prompt:a red apple`, which is the same, `word:HELLO` or `each:heart,time`: a sample of each of these. */
export function readSubject(raw: string): Subject | undefined {
  if (raw === 'none') return { kind: 'none' };
  const [kind, ...rest] = raw.split(':');
  const value = rest.join(':');
  if (!value) return undefined;
  const isName = kind === 'class' || kind === 'prompt';
  if (isName) return value.length > LIMITS.name ? undefined : { kind: 'class', name: value };
  if (kind !== 'word' && kind !== 'each') return undefined;
  const names = kind === 'word' ? [...value] : value.split(',').map(unescaped);
  const fits =
    names.length <= LIMITS.each && names.every((name) => name && name.length <= LIMITS.name);
  return fits ? { kind: 'each', names } : undefined;
}

export function writeSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'none':
      return 'none';
    case 'class':
      return `class:${subject.name}`;
    case 'each': {
      const { names } = subject;
      return isWord(names) ? `word:${names.join('')}` : `each:${names.map(escaped).join(',')}`;
    }
    default:
      return subject satisfies never;
  }
}

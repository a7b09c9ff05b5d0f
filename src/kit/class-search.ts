import type { ClassWords } from './words/class-names';

/** Names no longer than this are buttons; longer ones are searched. */
const SHORT = 2;

/** Whether every class fits on a button of its own. */
export function areShort(classes: readonly string[]): boolean {
  return classes.every((name) => [...name].length <= SHORT);
}

/** Letters without case and accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/**
 * The classes whose names or members have every word that was typed: first those whose name begins with
 * it, then those of which a word does, then other names, then members in the same order; in the model's
 * order otherwise.
 */
export function matchingClasses(
  classes: readonly string[],
  typed: string,
  wordsOf: (id: string) => ClassWords = (name) => ({ name, members: '' }),
): readonly string[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return classes;
  const rank = (id: string) => {
    const { name, members } = wordsOf(id);
    const ofName = rankIn(plain(name));
    if (ofName !== undefined) return ofName;
    const ofMembers = rankIn(plain(members));
    return ofMembers === undefined ? undefined : Math.max(1, ofMembers) + 2;
  };
  const rankIn = (text: string) => {
    if (!words.every((word) => text.includes(word))) return undefined;
    if (text.startsWith(first)) return 0;
    return text.split(/[\s,-]+/).some((part) => part.startsWith(first)) ? 1 : 2;
  };
  return [0, 1, 2, 3, 4].flatMap((wanted) => classes.filter((id) => rank(id) === wanted));
}

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
 * The classes whose names have every word that was typed: first those that begin with it, then those
 * of which a word does, then the others; in the model's order otherwise.
 */
export function matchingClasses(classes: readonly string[], typed: string): readonly string[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return classes;
  const rank = (name: string) => {
    const text = plain(name);
    if (!words.every((word) => text.includes(word))) return undefined;
    if (text.startsWith(first)) return 0;
    return text.split(/[\s,-]+/).some((part) => part.startsWith(first)) ? 1 : 2;
  };
  return [0, 1, 2].flatMap((wanted) => classes.filter((name) => rank(name) === wanted));
}

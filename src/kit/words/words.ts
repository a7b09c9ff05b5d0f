import { classWords } from './class-names';
import { en } from './words.en';
import { zh } from './words.zh';

/** A feature's words in both languages; the English ones say which there are. */
export interface Words<T> {
  readonly en: T;
  readonly zh: T;
}

/** The words that many have in common. */
export type Strings = typeof en & {
  /** What a class or prompt is called, by its id. */
  className(id: string): string;
};
export const commonWords: Words<Strings> = {
  en: { ...en, className: (id) => classWords(id, 'en').name },
  zh: { ...zh, className: (id) => classWords(id, 'zh').name },
};

/** The words for a network that takes prompts where others have classes. */
export function wordsForPrompts(strings: Strings): Strings {
  const { axis, controls, extras, prompt, stage } = strings;
  return {
    ...strings,
    className: (prompt) => prompt,
    axis: { ...axis, class: prompt.label },
    controls: { ...controls, classOf: prompt.quoted },
    stage: { ...stage, unconditional: prompt.nonePlaceholder },
    extras: { ...extras, mix: prompt.mix, negativeClass: prompt.negative },
  };
}

/** The entry of a choice that a parameter declares: its id is `parameter.value`. */
export function choiceEntry(
  parameter: { readonly id: string },
  choice: { readonly value: number; readonly label: string },
): { readonly id: string; readonly label: string } {
  return { id: `${parameter.id}.${choice.value}`, label: choice.label };
}

/** The name of a registry entry or parameter: the language's own, else the registry's label. */
export function nameOf(
  strings: Pick<Strings, 'names'>,
  entry: { readonly id: string; readonly label: string },
): string {
  return strings.names[entry.id] ?? entry.label;
}

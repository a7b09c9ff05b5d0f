import { parseArgs } from 'node:util';
import { guidanceRegistry } from '../src/diffusion/guidance';
import type { NumberParameter } from '../src/diffusion/parameters';
import { samplerRegistry } from '../src/diffusion/samplers';
import { scheduleRegistry } from '../src/diffusion/schedules';

/** A wrong argument: one line for the user. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** [flag, placeholder, default, what it says in --help] */
export type Flag = readonly [
  flag: string,
  placeholder: string,
  fallback: string | undefined,
  help: string,
];

/** Flags that were given, without their hyphens. */
export type Given = Readonly<Record<string, string | undefined>>;

/** Every flag that a registry's parameters declare, with who declares it. */
export const parameterFlags = new Map<string, { parameter: NumberParameter; owners: string[] }>();
for (const { id, parameters } of [...samplerRegistry, ...scheduleRegistry, ...guidanceRegistry]) {
  for (const parameter of parameters) {
    const flag = kebab(parameter.id);
    const known = parameterFlags.get(flag);
    if (known) known.owners.push(id);
    else parameterFlags.set(flag, { parameter, owners: [id] });
  }
}

export function flagLines(flags: readonly Flag[]): string[] {
  return flags.map(([flag, value, fallback, text]) =>
    helpLine(
      `--${flag} ${value}`,
      fallback === undefined ? text : `${text} (default: ${fallback})`,
    ),
  );
}

export function parameterLines(): string[] {
  return [...parameterFlags].map(([flag, { parameter, owners }]) =>
    helpLine(
      `--${flag} NUMBER`,
      `${parameter.label}; ${valuesOf(parameter)} [${owners.join(', ')}]`,
    ),
  );
}

/**
 * Reads the flags, those of the parameters and --help among them.
 *
 * @param switches flags without a value
 * @param repeated flags that may be given several times
 * @throws ArgumentError
 */
export function parseLists(
  args: readonly string[],
  flags: readonly Flag[],
  switches: readonly string[],
  repeated: readonly string[],
): { readonly given: Given; readonly lists: Readonly<Record<string, readonly string[]>> } {
  const withValue = [...flags.map(([flag]) => flag), ...parameterFlags.keys()];
  try {
    const { values } = parseArgs({
      args: withNegativeValues(args),
      options: {
        ...Object.fromEntries(withValue.map((flag) => [flag, { type: 'string' as const }])),
        ...Object.fromEntries(
          repeated.map((flag) => [flag, { type: 'string' as const, multiple: true }]),
        ),
        ...Object.fromEntries(switches.map((flag) => [flag, { type: 'boolean' as const }])),
        help: { type: 'boolean', short: 'h' },
      },
    });
    const entries = Object.entries(values);
    const isList = ([flag]: (typeof entries)[number]) => repeated.includes(flag);
    return {
      given: Object.fromEntries(entries.filter((entry) => !isList(entry))) as unknown as Given,
      lists: Object.fromEntries(entries.filter(isList)) as unknown as Record<string, string[]>,
    };
  } catch (error) {
    // Node adds advice after the first sentence.
    const [message = ''] = (error as Error).message.split(/\n|\. /);
    throw new ArgumentError(message);
  }
}

/** "--scale", "-2" → "--scale=-2": parseArgs takes a value with a hyphen for a flag. */
function withNegativeValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    if (/^-[\d.]/.test(arg) && last !== undefined && /^--[\w-]+$/.test(last)) {
      joined[joined.length - 1] = `${last}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

/** What was given for a flag, or its default. */
export function textOf(given: Given, flags: readonly Flag[], flag: string): string | undefined {
  return given[flag] ?? flags.find(([name]) => name === flag)?.[2];
}

export function number(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new ArgumentError(`--${flag} must be a number, got "${text}"`);
}

/** @throws ArgumentError for what is none, below min, or above max: more would run on without an end */
export function wholeNumber(
  flag: string,
  text: string,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = number(flag, text);
  if (value > max) throw new ArgumentError(`--${flag} must be at most ${max}, got "${text}"`);
  if (Number.isInteger(value) && value >= min) return value;
  throw new ArgumentError(`--${flag} must be a whole number of at least ${min}, got "${text}"`);
}

export function helpLine(flag: string, text: string): string {
  return `  ${flag.padEnd(20)} ${text}`;
}

export function kebab(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What a parameter may be, in words. */
function valuesOf({ min, max, choices }: NumberParameter): string {
  return choices
    ? choices.map(({ value, label }) => `${value} ${label}`).join(', ')
    : `${min} to ${max}`;
}

import {
  type Axis,
  DEFAULT_COLUMN,
  FIRST_VISIT,
  LIMITS,
  type ScaleUnit,
} from '../../settings/settings';
import { atValue } from '../../settings/url';
import { axisKind, parameterOf } from './grid';

/** How the page writes an axis. */
export interface AxisStyle {
  readonly unit: ScaleUnit;
  /** The word for an interval of all noise levels. */
  readonly all: string;
  /** The class that shares are of. */
  readonly mixed: string;
}

export type AxisReading =
  | { readonly values: readonly string[] }
  /** A piece that is no value of the setting. */
  | { readonly problem: 'value'; readonly text: string }
  | { readonly problem: 'many' | 'none' };

/** The paper's w is s - 1. */
const offset = (key: string, { unit }: AxisStyle) => (key === 'scale' && unit === 'w' ? 1 : 0);

/** An axis's values as text that `readAxisText` reads. */
export function axisText({ key, values }: Axis, style: AxisStyle): string {
  const piece = (value: string): string => {
    switch (axisKind(key)) {
      case 'numbers':
        return tidy(Number(value) - offset(key, style));
      case 'intervals':
        return value === 'all' ? style.all : value.replace('~', '–');
      case 'shares':
        return value === 'none' ? '0' : value.slice(value.lastIndexOf(':') + 1);
      case 'choices':
        return value;
    }
  };
  return values.map(piece).join(', ');
}

/** The values that a text lists: numbers `1, 2, 3` or `1–8/5` (five from 1 to 8), intervals `all, 0.2–2`. */
export function readAxisText(key: string, text: string, style: AxisStyle): AxisReading {
  const kind = axisKind(key);
  const range = kind === 'intervals' ? undefined : rangeOf(key, text);
  if (range === 'many') return { problem: 'many' };
  const pieces =
    range ?? text.split(kind === 'intervals' ? /[,，、;；]/ : /[,，、;；\s]+/).map((p) => p.trim());
  const values: string[] = [];
  for (const piece of pieces.filter(Boolean)) {
    const value = written(key, piece, style);
    const place = { settings: FIRST_VISIT, column: DEFAULT_COLUMN };
    if (!atValue(place, key, value)) return { problem: 'value', text: piece };
    if (!values.includes(value)) values.push(value);
  }
  if (values.length > LIMITS.axis) return { problem: 'many' };
  return values.length ? { values } : { problem: 'none' };
}

/** A piece as the address writes it; nonsense stays nonsense. */
function written(key: string, piece: string, style: AxisStyle): string {
  switch (axisKind(key)) {
    case 'numbers': {
      const value = Number(piece) + offset(key, style);
      return Number.isNaN(value) ? piece : tidy(value);
    }
    case 'intervals':
      return [style.all, 'all'].includes(piece)
        ? 'all'
        : piece.replace(/^([\d.]+)\s*[–—~-]\s*([\d.]+)$/, '$1~$2');
    case 'shares':
      return `${style.mixed}:${piece}`;
    case 'choices':
      return piece;
  }
}

/** `from–to/count`: evenly spread, rounded to the setting's step. */
function rangeOf(key: string, text: string): string[] | 'many' | undefined {
  const number = String.raw`(-?[\d.]+)`;
  const match = new RegExp(`^\\s*${number}\\s*[–—~-]\\s*${number}\\s*/\\s*(\\d+)\\s*$`).exec(text);
  if (!match) return undefined;
  const [from, to, count] = match.slice(1).map(Number) as [number, number, number];
  if (count > LIMITS.axis) return 'many';
  const step = stepOf(key);
  return Array.from({ length: count }, (_, i) => {
    const value = count === 1 ? from : from + ((to - from) * i) / (count - 1);
    return tidy(Math.round(value / step) * step);
  });
}

function stepOf(key: string): number {
  if (key === 'scale') return LIMITS.guidanceScale.step;
  if (key === 'mix') return 0.01;
  return parameterOf(key)?.step ?? 1;
}

/** Without what is left of a sum of fractions. */
function tidy(value: number): string {
  return String(Number(value.toFixed(4)));
}

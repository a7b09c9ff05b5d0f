import { fourDigits } from '../../settings/address-text';
import { axisSetting, isAxisValue } from '../../settings/axes';
import { LIMITS } from '../../settings/column';
import type { ScaleUnit } from '../../settings/scale-unit';
import type { Axis } from '../../settings/settings';

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
const offset = (key: string, { unit }: AxisStyle) =>
  axisSetting(key)?.axis.isScale && unit === 'w' ? 1 : 0;

const kindOf = (key: string) => axisSetting(key)?.axis.kind ?? 'choices';

/** An axis's values as text that `readAxisText` reads. */
export function axisText({ key, values }: Axis, style: AxisStyle): string {
  const piece = (value: string): string => {
    switch (kindOf(key)) {
      case 'numbers':
        return fourDigits(Number(value) - offset(key, style));
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
  const kind = kindOf(key);
  const range = kind === 'intervals' ? undefined : rangeOf(key, text);
  if (range === 'many') return { problem: 'many' };
  const pieces =
    range ?? text.split(kind === 'intervals' ? /[,，、;；]/ : /[,，、;；\s]+/).map((p) => p.trim());
  const values: string[] = [];
  for (const piece of pieces.filter(Boolean)) {
    const value = written(key, piece, style);
    if (!isAxisValue(key, value)) return { problem: 'value', text: piece };
    if (!values.includes(value)) values.push(value);
  }
  if (values.length > LIMITS.axis) return { problem: 'many' };
  return values.length ? { values } : { problem: 'none' };
}

/** A piece as the address writes it; nonsense stays nonsense. */
function written(key: string, piece: string, style: AxisStyle): string {
  switch (kindOf(key)) {
    case 'numbers': {
      const value = Number(piece) + offset(key, style);
      return Number.isNaN(value) ? piece : fourDigits(value);
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
  const step = axisSetting(key)?.axis.step ?? 1;
  return Array.from({ length: count }, (_, i) => {
    const value = count === 1 ? from : from + ((to - from) * i) / (count - 1);
    return fourDigits(Math.round(value / step) * step);
  });
}

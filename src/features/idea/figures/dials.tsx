import type { FigureWords } from '../article';
import { Dial } from '../Dial';

interface SigmaDialProps {
  readonly words: FigureWords;
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  onChange(value: number): void;
}

export function SigmaDial({ words, value, min = 0.05, max, onChange }: SigmaDialProps) {
  return <Dial label={words.sigma} {...{ value, min, max, onChange }} logarithmic />;
}

export function PlaceDial({ words, value, onChange }: Omit<SigmaDialProps, 'max'>) {
  return <Dial label={words.place} min={-4} max={5} step={0.05} {...{ value, onChange }} />;
}

/** A tiny number as 3·10⁻¹⁶. */
export function power(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(value));
  const raised = [...String(exponent)].map((digit) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(digit)]);
  return `${Math.round(value / 10 ** exponent)}·10${raised.join('')}`;
}

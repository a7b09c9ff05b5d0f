import type { GenericSchema } from 'valibot';
import type { GuidanceRule } from '../diffusion/guidance/rule';
import type { Strings } from '../kit/words/words';
import type { TextCodec } from './address-text';
import type { ColumnSettings, Predicting } from './column';
import type { ScaleUnit } from './scale-unit';

/** What a column is set to, and its words: what a caption is made from. */
export interface CaptionContext {
  readonly column: ColumnSettings;
  readonly strings: Strings;
  /** In which a scale is written. */
  readonly unit: ScaleUnit;
}

/** How a setting is told in captions. */
export interface Caption<T> {
  /** Its place among the others, from the first on. */
  readonly order: number;
  /**
   * `always`: also where it is at its default. `switch`: at its default it is off, and left out of
   * all that a cell is set to. Else told where it is not at its default.
   */
  readonly told?: 'always' | 'switch';
  /** The key of the setting that it is told in place of. */
  readonly key?: string;
  /** The setting's name; where absent, that of its row. */
  what?(context: CaptionContext): string;
  /** The value; undefined: there is nothing to tell. */
  value(value: T, context: CaptionContext): string | undefined;
}

/** How values of an axis are edited: as a list of numbers, of intervals, of shares of a class, or one by one. */
export type AxisKind = 'numbers' | 'intervals' | 'shares' | 'choices';

/** What the values of a new axis may depend on. */
export interface AxisStart {
  readonly model: Predicting;
  /** Classes that are not drawn. */
  readonly others: readonly string[];
  /** The page's seed. */
  readonly seed: number;
  /** Whether a value leaves what the grid's other axis varies a meaning. */
  suits(value: string): boolean;
}

/** A setting as an axis of the grid; values are texts of the address. */
export interface RunAxis {
  /** Its place in the menu, from the first on. */
  readonly order: number;
  readonly kind: AxisKind;
  /** Smallest useful change of a number. */
  readonly step?: number;
  /** Whether its numbers are scales, shown as s or as w. */
  readonly isScale?: true;
  /** All that can be chosen, where values are chosen one by one. */
  choices?(model: Predicting): readonly string[];
  /** Values of a new axis; absent: all its choices. */
  start?(context: AxisStart): readonly string[];
  /** Whether its values name classes: a model without classes does not offer it. */
  readonly ofClasses?: true;
  /** Whether it is of the stages of a cascade: a single network does not offer it. */
  readonly ofStages?: true;
}

/** A flag of the command line that sets a row. */
export interface RunFlag<T> {
  readonly flag: string;
  readonly placeholder: string;
  /** What stands for an absent flag; undefined: the row's default. */
  readonly fallback?: string;
  readonly help: string;
  /** The order in --help, from the first on. */
  readonly order: number;
  /** @throws FlagError, or the RangeError of what is looked up */
  read(text: string): T;
  /** The rules that it has a meaning for; absent: those that the row has. */
  ofRule?(rule: GuidanceRule): boolean;
}

/** A flag's value is none: the message is what it must be. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
  /** @param requirement as in "must be a number" */
  constructor(requirement: string, received: string) {
    super(`must be ${requirement}, got "${received}"`);
  }
}

/**
 * A setting of a run, with everything that is to be known of it: the address, the grid's axes,
 * captions, file names, flags of the command line and results files are made from these rows.
 */
export interface RunRow<T> extends TextCodec<T> {
  /** Its key in the address, and as an axis. */
  readonly key: string;
  /** Always listed for every column, so that its list says how many columns there are. */
  readonly countsColumns?: true;
  /** Its name on the page. */
  name(strings: Strings): string;
  /** Whether a rule leaves it any meaning; absent: every rule does. */
  ofRule?(rule: GuidanceRule): boolean;
  /** Another setting that replaces it where it is not null. */
  readonly replacedBy?: 'curve';
  /** Whether the model can follow the value; absent: every model can follow every value. */
  fits?(value: T, model: Predicting, column: ColumnSettings): boolean;
  /** The value in place of one that the model cannot follow; absent: the default. */
  instead?(model: Predicting): T;
  /** The class that the value names, if it names one. */
  className?(value: T): string | undefined;
  readonly caption?: Caption<T>;
  readonly axis?: RunAxis;
  /** Its part of a file's name; undefined: none. */
  readonly fileName?: {
    readonly order: number;
    part(value: T, column: ColumnSettings): string | undefined;
  };
  readonly flags: readonly RunFlag<T>[];
  /** How a results file has it; the messages are what it must be. */
  readonly schema: GenericSchema<T>;
}

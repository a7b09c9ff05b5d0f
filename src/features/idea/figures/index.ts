import type { ComponentType } from 'react';
import type { FigureId } from '../article';
import { Bayes } from './Bayes';
import { Cascade } from './Cascade';
import type { FigureProps } from './Frame';
import { Implicit } from './Implicit';
import { Interval } from './Interval';
import { Label } from './Label';
import { Noise } from './Noise';
import { Sampling } from './Sampling';
import { Score } from './Score';
import { Sharpened } from './Sharpened';
import { Threshold } from './Threshold';

/** Every figure of the article. */
export const FIGURE_VIEWS: Readonly<Record<FigureId, ComponentType<FigureProps>>> = {
  noise: Noise,
  score: Score,
  bayes: Bayes,
  sharpened: Sharpened,
  implicit: Implicit,
  label: Label,
  sampling: Sampling,
  interval: Interval,
  cascade: Cascade,
  threshold: Threshold,
};

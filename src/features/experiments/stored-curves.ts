import fifth from '../../../docs/results/p-uncond-0.2.json?raw';
import half from '../../../docs/results/p-uncond-0.5.json?raw';
import pictures from '../../../docs/results/pictures-strength.json?raw';
import multistep from '../../../docs/results/steps-dpmpp-2m.json?raw';
import paper from '../../../docs/results/steps-paper.json?raw';
import longPaper from '../../../docs/results/steps-paper-long.json?raw';
import strength from '../../../docs/results/strength.json?raw';
import { readResultsFile } from './files';
import type { ExperimentId } from './settings';
import type { ImportedFile } from './state';

const read = (name: string, source: string) => readResultsFile(source, `${name}.json`);
const overWeights = read('strength', strength);

/** What the command line measured beforehand: the files of docs/results, built into this page. */
export const STORED: Readonly<Record<ExperimentId, readonly ImportedFile[]>> = {
  strength: [overWeights, read('pictures-strength', pictures)],
  'p-uncond': [overWeights, read('p-uncond-0.2', fifth), read('p-uncond-0.5', half)],
  steps: [
    read('steps-paper', paper),
    read('steps-dpmpp-2m', multistep),
    read('steps-paper-long', longPaper),
  ],
  temperature: [],
};

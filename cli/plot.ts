import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/networks/errors';
import { parseResults, ResultsError } from '../src/settings/results';
import { ArgumentError } from './flags';
import { writeWhole } from './outputs';
import { figureNames, plotResults, tableOf } from './plot-svg';
import { isProgram } from './program';

const help = `Draws stored results as an SVG: a panel a figure, a curve a sweep, with error bars; or as a table.

npm run plot -- results.json more.json --out plot.svg
npm run plot -- results.json --table

  --figures A,B        of ${Object.keys(figureNames).join(', ')} (default: frechetDistance,classifierScore)
  --plane              draws the Fréchet distance over the classifier score as well, of prompts over the alignment
  --out FILE.svg       the drawing
  --table              prints the same as a Markdown table
  --help               this text
`;

if (isProgram(import.meta.url)) process.exitCode = await main(process.argv.slice(2));

/** `npm run plot`. Returns the exit code: 0, 1 or, for wrong arguments, 2. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await draw(args);
    return 0;
  } catch (error) {
    const wrongArgument = error instanceof ArgumentError || error instanceof ResultsError;
    console.error(messageOf(error));
    return wrongArgument ? 2 : 1;
  }
}

async function draw(args: readonly string[]): Promise<void> {
  const { values, positionals } = read(args);
  if (values.help) {
    console.log(help);
    return;
  }
  if (positionals.length === 0) throw new ArgumentError('Nothing to draw: give results files');
  if (values.out === undefined && !values.table) {
    throw new ArgumentError('Nowhere to draw: give --out FILE.svg or --table');
  }
  const results = [];
  for (const path of positionals) {
    let source: string;
    try {
      source = await readFile(path, 'utf8');
    } catch (error) {
      throw new ArgumentError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    results.push(parseResults(source, path));
  }
  const figures = values.figures.split(',');
  if (values.table) console.log(tableOf(results, figures));
  if (values.out !== undefined)
    await writeWhole(values.out, plotResults(results, figures, values.plane));
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        figures: { type: 'string', default: 'frechetDistance,classifierScore' },
        out: { type: 'string' },
        plane: { type: 'boolean', default: false },
        table: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const [message = ''] = (error as Error).message.split(/\n|\. /);
    throw new ArgumentError(message);
  }
}

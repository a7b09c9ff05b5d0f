import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parseResults, ResultsError } from '../src/models/results';
import { ArgumentError } from './flags';
import { figureNames, plotResults } from './plot-svg';

const help = `Draws stored results as an SVG: a panel a figure, a curve a sweep, with error bars.

npm run plot -- results.json more.json --out plot.svg

  --figures A,B        of ${Object.keys(figureNames).join(', ')} (default: frechetDistance,classifierScore)
  --out FILE.svg       the drawing
  --help               this text
`;

try {
  await draw(process.argv.slice(2));
} catch (error) {
  const wrongArgument = error instanceof ArgumentError || error instanceof ResultsError;
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = wrongArgument ? 2 : 1;
}

async function draw(args: readonly string[]): Promise<void> {
  const { values, positionals } = read(args);
  if (values.help) {
    console.log(help);
    return;
  }
  if (positionals.length === 0) throw new ArgumentError('Nothing to draw: give results files');
  if (values.out === undefined) throw new ArgumentError('Nowhere to draw: give --out FILE.svg');
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
  await writeFile(values.out, plotResults(results, values.figures.split(',')));
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        figures: { type: 'string', default: 'frechetDistance,classifierScore' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const [message = ''] = (error as Error).message.split(/\n|\. /);
    throw new ArgumentError(message);
  }
}

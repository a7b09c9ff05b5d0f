/**
 * Draws the pictures that stand where a network is opened until its own are there: the same network,
 * class, settings and noise as there, one WebP a network, one row a column.
 *
 *   npm run first-pictures [-- MODEL …]    # without a name: all of them
 */

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { drawFirstVisit, type FirstVisit, firstVisits } from '../cli/first-visit';
import { launch } from './browser';
import { webpOf } from './webp';

type Dated = FirstVisit & { readonly date: string };

const inFeature = (file: string) =>
  fileURLToPath(new URL(`../src/features/playground/first-pictures/${file}`, import.meta.url));

const visits = await firstVisits();
const asked = process.argv.slice(2);
const unknown = asked.find((id) => visits.every(({ model }) => model !== id));
if (unknown !== undefined) {
  console.error(
    `first-pictures: needs some of ${visits.map((v) => v.model).join(', ')}, got ${unknown}`,
  );
  process.exit(2);
}
const before: Dated[] = JSON.parse(await readFile(inFeature('drawn.json'), 'utf8'));
const browser = await launch('software');
const data: Dated[] = [];
for (const visit of visits) {
  const kept = before.find(({ model }) => model === visit.model);
  if (kept && asked.length > 0 && !asked.includes(visit.model)) {
    data.push(kept);
    continue;
  }
  const webp = await webpOf(browser, await drawFirstVisit(visit), visit.shape, visit.count);
  await writeFile(inFeature(`${visit.model}.webp`), webp);
  data.push({ ...visit, date: new Date().toISOString().slice(0, 10) });
  const count = visit.columns.length * visit.count;
  console.log(`${count} pictures of ${visit.class} by ${visit.model}: ${webp.length} bytes`);
}
await browser.close();
await writeFile(inFeature('drawn.json'), `${JSON.stringify(data, null, 2)}\n`);

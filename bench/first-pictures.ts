/**
 * Draws the pictures that stand on a first visit until its own are there: the same network, class,
 * settings and noise, one row a column, as a WebP.
 *
 *   npm run first-pictures
 */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { drawFirstVisit, firstVisit } from '../cli/first-visit';
import { launch } from './browser';
import { webpOf } from './webp';

const inFeature = (file: string) =>
  fileURLToPath(new URL(`../src/features/playground/${file}`, import.meta.url));

const visit = await firstVisit();
const samples = await drawFirstVisit();
const browser = await launch('software');
const webp = await webpOf(browser, samples, visit.shape, visit.count);
await browser.close();

const data = { ...visit, date: new Date().toISOString().slice(0, 10) };
await writeFile(inFeature('first-pictures.webp'), webp);
await writeFile(inFeature('first-pictures.json'), `${JSON.stringify(data, null, 2)}\n`);
const count = visit.columns.length * visit.count;
console.log(`${count} pictures of ${visit.class} by ${visit.model}: ${webp.length} bytes`);

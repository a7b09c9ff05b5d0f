/**
 * Draws the icons of the page and of the installed app: two trajectories from the same noise, one of
 * them guided.
 *
 *   npm run icons
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch } from './browser';

const folder = fileURLToPath(new URL('../public/icons/', import.meta.url));

/**
 * @param corner radius of the ground's corners, of 32
 * @param size of the motif, 1 where it fills the ground
 */
function icon(corner: number, size: number): string {
  const path = (d: string, colour: string) =>
    `<path d="${d}" fill="none" stroke="${colour}" stroke-width="3" stroke-linecap="round"/>`;
  const motif =
    path('M6 24C11 24 12 9 26 8', '#f4a259') + path('M6 24C14 24 17 20 26 19', '#8fa3c7');
  const placed = `<g transform="translate(16 16) scale(${size}) translate(-16 -16)">${motif}</g>`;
  const ground = `<rect width="32" height="32" rx="${corner}" fill="#172033"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><title>Guidance Playground</title>${ground}${placed}</svg>\n`;
}

const round = icon(8, 1);
// What a system cuts out of a maskable icon holds at least the middle 80 %: https://w3c.github.io/manifest/#icon-masks
const whole = icon(0, 0.8);

await mkdir(folder, { recursive: true });
await writeFile(`${folder}icon.svg`, round);
const browser = await launch('software');
for (const [name, svg, size] of [
  ['icon-192', round, 192],
  ['icon-512', round, 512],
  ['maskable-512', whole, 512],
  ['touch-180', whole, 180],
] as const) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
  await page.screenshot({ path: `${folder}${name}.png`, omitBackground: true });
  await page.close();
}
await browser.close();

import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright';
import { loseDevice } from '../../e2e/fixtures/lose-device';
import type { Choices } from '../../e2e/fixtures/random';

/** How often each kind of action is taken, against each other. */
export const WEIGHTS = {
  operate: 60,
  drag: 8,
  key: 6,
  address: 6,
  resize: 4,
  history: 3,
  engine: 2,
  wait: 6,
  reload: 1,
} as const;
export type Action = keyof typeof WEIGHTS;

const KEYS = [
  'Escape',
  'Tab',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'Home',
  'End',
  ' ',
  '?',
  'Delete',
  'Control+z',
  'Control+Shift+z',
];
const SIZES = [
  [1440, 900],
  [390, 844],
  [820, 600],
] as const;
/** Settings of addresses, with values that they should and should not have. */
const NAMES =
  'scale steps n seed sampler schedule rule class model page lang theme wipe pin rows w';
const VALUES = [
  '1',
  '3',
  '-1',
  '0',
  '1e9',
  'NaN',
  'null',
  '',
  'cfg',
  'heun',
  'grid',
  'plane',
  'tiny-colour',
  'on',
  '1,2,3',
  '%00',
  '😀',
  '<b>',
  '__proto__',
  'x'.repeat(3000),
];

/** What `engine` has done to a page that computes on a GPU. */
export const DEVICE_LOST = 'device lost';

/** How each action is taken; returns what was done, for the log. */
export const ACTIONS: Readonly<
  Record<Action, (page: Page, choices: Choices, start: string) => Promise<string>>
> = {
  operate,
  drag,
  async key(page, choices) {
    const key = choices.of(KEYS);
    await page.keyboard.press(key);
    return `key ${key}`;
  },
  async address(page, choices, start) {
    const wanted = new URL(choices.number() < 0.5 ? start : page.url());
    const names = NAMES.split(' ');
    for (let i = 0; i <= choices.below(4); i++) {
      wanted.searchParams.set(choices.of(names), choices.of(VALUES));
    }
    // Addresses may ask for hours of work; this one is for what the page makes of them.
    for (const name of ['n', 'steps']) {
      if (Number(wanted.searchParams.get(name)) > 16) wanted.searchParams.delete(name);
    }
    await goTo(page, wanted.href);
    return `address ${wanted.search.slice(0, 160)}`;
  },
  async resize(page, choices) {
    const [width, height] = choices.of(SIZES);
    await page.setViewportSize({ width, height });
    return `window ${width}`;
  },
  async history(page, choices) {
    const step = choices.number() < 0.7 ? -1 : 1;
    await page.evaluate((step) => history.go(step), step);
    return `history ${step}`;
  },
  async engine(page, choices, start) {
    // On a GPU there is one again in a moment: sometimes it is lost as soon as it is there.
    const patience = new URL(start).searchParams.get('backend') === 'webgpu' ? 20_000 : 0;
    await setTimeout(patience && choices.below(2000));
    for (let waited = 0; waited <= patience; waited += 250) {
      if ((await loseDevice(page)) > 0) return DEVICE_LOST;
      if (patience === 0) break;
      await setTimeout(250);
      // Lost too often in a row, it comes when it is asked for.
      const again = page.locator('[data-error] button').first();
      if (await again.isVisible()) await again.click();
    }
    const count = await page.evaluate(() => window.soakWorkers.length);
    if (count === 0) return 'no worker';
    const index = choices.below(count);
    // As the system ends one that takes too much memory: without a word.
    await page.evaluate((index) => window.soakWorkers[index]!.terminate(), index);
    return `worker ${index} of ${count} ended`;
  },
  async wait(_page, choices) {
    const milliseconds = choices.below(800);
    await setTimeout(milliseconds);
    return `waited ${milliseconds} ms`;
  },
  async reload(page) {
    await page.reload();
    return 'reload';
  },
};

declare global {
  interface Window {
    /** The workers that the page has started and that may live. */
    soakWorkers: Worker[];
  }
}

/** Lets `engine` find the page's workers. */
export async function noteWorkers(page: Page): Promise<void> {
  // What runs this file names its inner functions by a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (inner) => inner');
  await page.addInitScript(() => {
    window.soakWorkers = [];
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        window.soakWorkers = [...window.soakWorkers.slice(-7), this];
      }
    };
  });
}

/** Another address without loading the page anew. */
export async function goTo(page: Page, href: string): Promise<void> {
  await page.evaluate((href) => {
    history.pushState(null, '', href);
    dispatchEvent(new PopStateEvent('popstate'));
  }, href);
}

/** Drags a handle of the guidance rail somewhere. */
async function drag(page: Page, choices: Choices): Promise<string> {
  const track = await box(page, '.rail-track', 0);
  const handle = await box(page, '.handle', choices.below(3));
  if (!track || !handle) return 'no rail';
  const to = choices.number();
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  for (let i = 1; i <= 4; i++) {
    const x = handle.x + (i / 4) * (track.x + to * track.width - handle.x);
    await page.mouse.move(x, handle.y + (choices.number() < 0.05 ? 300 : 4));
  }
  await page.mouse.up();
  return `handle to ${to.toFixed(2)}`;
}

async function box(page: Page, selector: string, index: number) {
  const found = page.locator(selector).nth(index);
  return (await found.count()) > 0 && (await found.isVisible()) ? found.boundingBox() : null;
}

/** Uses one of the controls that can be seen: clicks it, types into it, chooses in it. */
async function operate(page: Page, choices: Choices): Promise<string> {
  const share = choices.number();
  const value = choices.number();
  return page.evaluate(
    ([share, value]) => {
      const dialogs = [...document.querySelectorAll('dialog[open], [role=dialog]')];
      const root: ParentNode = dialogs.at(-1) ?? document;
      const selector = 'button, a[href], input, select, textarea, [role=slider], summary';
      const controls = [...root.querySelectorAll<HTMLElement>(selector)].filter((control) => {
        // What leads away from the page, or opens the system's own windows, ends the soak.
        const away =
          control instanceof HTMLAnchorElement &&
          (control.origin !== location.origin || control.target === '_blank');
        const file = control instanceof HTMLInputElement && control.type === 'file';
        const disabled = control.matches(':disabled, [aria-disabled=true]');
        return !away && !file && !disabled && control.checkVisibility();
      });
      const control = controls[Math.floor(share * controls.length)];
      if (!control) return 'nothing to use';
      const name = (control.getAttribute('aria-label') ?? control.textContent ?? '').trim();
      const said = `${control.tagName.toLowerCase()} "${name.slice(0, 30)}"`;
      const put = (text: string) => {
        // React listens to the element's own setter.
        const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), 'value')!;
        set!.call(control, text);
        control.dispatchEvent(new Event('input', { bubbles: true }));
        control.dispatchEvent(new Event('change', { bubbles: true }));
        return `${said} = ${text.slice(0, 30)}`;
      };
      if (control instanceof HTMLSelectElement) {
        const option = control.options[Math.floor(value * control.options.length)];
        return option ? put(option.value) : said;
      }
      if (control instanceof HTMLTextAreaElement) return put(value < 0.5 ? 'a red apple' : '');
      if (control instanceof HTMLInputElement) {
        if (control.type === 'checkbox' || control.type === 'radio') control.click();
        else if (control.type === 'range' || control.type === 'number') {
          const least = Number(control.min) || 0;
          const most = Math.min(Number(control.max) || 100, 1000);
          return put(String(least + Math.round(value * (most - least))));
        } else if (control.type === 'text' || control.type === 'search') {
          return put(value < 0.5 ? 'a' : '');
        } else control.click();
        return said;
      }
      control.click();
      return said;
    },
    [share, value] as const,
  );
}

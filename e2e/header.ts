import type { Locator, Page } from '@playwright/test';
import type { Place } from '../src/kit/feature';
import { WORDS } from './words';

/** The link to a place in the header. */
export function placeLink(page: Page, place: Place, language: 'en' | 'zh' = 'en'): Locator {
  const { places } = WORDS[language];
  return page
    .getByRole('navigation', { name: places.label, exact: true })
    .getByRole('link', { name: places[place], exact: true });
}

/** Goes to a place, and there to one of its pages by its name. */
export async function goTo(page: Page, place: Place, tab?: string): Promise<void> {
  await placeLink(page, place).click();
  if (tab !== undefined) await page.getByRole('link', { name: tab, exact: true }).click();
}

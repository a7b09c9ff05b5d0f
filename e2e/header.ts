import { expect, type Locator, type Page } from '@playwright/test';
import type { Place } from '../src/kit/feature';
import type { Theme } from '../src/settings/settings';
import { WORDS } from './words';

/** The link to a place in the header. */
export function placeLink(page: Page, place: Place, language: 'en' | 'zh' = 'en'): Locator {
  const { places } = WORDS[language];
  return page
    .getByRole('navigation', { name: places.label, exact: true })
    .getByRole('link', { name: places[place], exact: true });
}

/** Opens a menu of the header, unless it is open. */
async function openMenu(page: Page, name: 'share-menu' | 'more-menu'): Promise<Locator> {
  const menu = page.locator(`.${name}`);
  if ((await menu.getAttribute('open')) === null) await menu.locator('summary').click();
  await expect(menu).toHaveAttribute('open');
  return menu;
}

export const openShareMenu = (page: Page) => openMenu(page, 'share-menu');

/** Chooses a language; the menu stays open. */
export async function chooseLanguage(page: Page, language: 'en' | 'zh'): Promise<void> {
  const menu = await openMenu(page, 'more-menu');
  await menu.locator('select:has(option[value=zh])').selectOption(language);
}

/** Chooses a theme; the menu stays open. */
export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  const menu = await openMenu(page, 'more-menu');
  await menu.locator('select:has(option[value=dark])').selectOption(theme);
}

/** Goes to a place, and there to one of its pages by its name. */
export async function goTo(page: Page, place: Place, tab?: string): Promise<void> {
  await placeLink(page, place).click();
  if (tab !== undefined) await page.getByRole('link', { name: tab, exact: true }).click();
}

import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

interface Scope {
  /** CSS selectors of the only part to look at, and of what is left out. */
  readonly include?: string;
  readonly exclude?: string;
  /** Only whether text can be read on its ground: all that a theme changes. */
  readonly contrastOnly?: boolean;
}

/** Expects axe to find nothing. */
export async function expectAccessible(
  page: Page,
  { include, exclude, contrastOnly = false }: Scope = {},
): Promise<void> {
  const axe = new AxeBuilder({ page });
  if (include !== undefined) axe.include(include);
  if (exclude !== undefined) axe.exclude(exclude);
  if (contrastOnly) axe.withRules(['color-contrast']);
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }))).toEqual(
    [],
  );
}

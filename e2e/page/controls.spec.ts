import { guidanceRegistry } from '../../src/diffusion/guidance';
import { scheduleShapeRegistry } from '../../src/diffusion/guidance/modifiers';
import { thresholdPercentile } from '../../src/diffusion/guidance/threshold';
import type { NumberParameter } from '../../src/diffusion/parameters';
import { samplerRegistry } from '../../src/diffusion/samplers';
import { scheduleRegistry } from '../../src/diffusion/schedules';
import { choiceEntry, nameOf } from '../../src/kit/words/words';
import { expect, type Playground, test, words } from '../playground';

const { controls, extras } = words;

test('what is drawn: class, none, word, seed, dice, lock, number of samples', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open();
  const seed = playground.number(controls.seed);
  const start = await seed.inputValue();
  const first = await playground.pixels();

  await playground.changes('a class', () => playground.classButton('1').click());
  await playground.changes('no class', () => playground.button(controls.noClassHint).click());
  await playground.changes('the class again', () => playground.classButton('0').click());
  expect(await playground.pixels(), 'a locked seed keeps the noise').toBe(first);

  await playground.changes('the seed', () => seed.fill('8'));
  await seed.fill(start);
  await playground.settled();
  expect(await playground.pixels(), 'the same seed, the same pixels').toBe(first);

  await playground.changes('the dice', () => playground.button(controls.dice).click());
  await expect(seed).not.toHaveValue(start);
  await seed.fill(start);
  await page.getByRole('checkbox', { name: controls.lock }).uncheck();
  await playground.classButton('1').click();
  await playground.settled();
  await playground.changes('the class unlocked', () => playground.classButton('0').click());
  await expect(seed).not.toHaveValue(start);
  expect(await playground.pixels(), 'an unlocked seed brings new noise').not.toBe(first);

  await playground.changes('the count', () => playground.type(controls.count, 3));
  await playground.changes('a word', () => page.getByLabel(controls.word).fill('0312'));
  await expect(playground.slider(controls.count)).toHaveCount(0);
  await expect(playground.columns.getByRole('slider')).toHaveAttribute('aria-valuemax', '4');
});

test('how it is guided: scale, unit, rule, interval, shape', async ({ playground }) => {
  await playground.open('n=1');
  await playground.changes('the scale typed', () => playground.type(controls.guidanceScale, 8));
  const atEight = await playground.changes('the scale by key', () =>
    playground.handle().press('PageDown'),
  );
  await playground.type(controls.guidanceScale, 5);
  await playground.button('w').click();
  await expect(playground.number(controls.guidanceScale)).toHaveValue('4');
  await playground.changes('w', () => playground.type(controls.guidanceScale, 7));
  await playground.button('s').click();
  await expect(playground.number(controls.guidanceScale)).toHaveValue('8');
  expect(atEight).not.toBe(await playground.pixels());

  const low = playground.slider(controls.intervalLow);
  const high = playground.slider(controls.intervalHigh);
  await playground.changes('the low thumb', () => low.fill('700'));
  await playground.changes('the high thumb', () => high.fill('850'));
  await low.fill('0');
  await high.fill('1000');
  await playground.settled();

  for (const { id, label } of scheduleShapeRegistry.filter(({ id }) => id !== 'constant')) {
    await playground.changes(label, () => playground.choice(controls.shape).selectOption(id));
  }
  await playground.choice(controls.shape).selectOption('constant');
  // With noise that a rule can scale, and of first order, which CFG++ asks for.
  await playground.choice(controls.sampler).selectOption('ddpm');
  await playground.type(controls.guidanceScale, 3);
  // The test network has neither attention that could be disturbed nor a head in its middle.
  const offered = guidanceRegistry.filter(
    ({ predictions }) => !predictions.includes('perturbed') && !predictions.includes('auxiliary'),
  );
  await everyChoice(playground, controls.guidance, offered);
  for (const { id, usesScale, scaleKind } of offered) {
    await playground.choice(controls.guidance).selectOption(id);
    const scale = scaleKind === 'classifier' ? controls.classifierScale : controls.guidanceScale;
    await expect(playground.number(scale)).toHaveCount(usesScale ? 1 : 0);
    await expect(playground.handle()).toHaveCount(usesScale ? 1 : 0);
  }
});

test('what else is done: threshold, class mixing, negative class', async ({ playground }) => {
  await playground.open('n=1&scale=8');
  await playground.page.getByText(extras.summary).click();
  const unthresholded = await playground.pixels();
  const threshold = playground.choice(extras.threshold);
  const clamped = await playground.changes('static threshold', () =>
    threshold.selectOption('static'),
  );
  await playground.changes('dynamic threshold', () => threshold.selectOption('dynamic'));
  await playground.changes('its percentile', () => playground.type(thresholdPercentile.label, 80));
  await playground.changes('no threshold', () => threshold.selectOption('none'));
  expect(await playground.pixels()).toBe(unthresholded);
  expect(clamped).not.toBe(unthresholded);

  await playground.changes('mixing', () => playground.choice(extras.mix).selectOption('1'));
  await playground.changes('its share', () => playground.type(extras.share('1'), 0.9));
  await playground.choice(extras.mix).selectOption(extras.noMix);
  await playground.changes('a negative class', () =>
    playground.choice(extras.negative).selectOption('2'),
  );

  // Where nothing is led away from the negative class, it is neither offered nor drawn.
  const rule = playground.choice(controls.guidance);
  await playground.changes('no guidance', () => rule.selectOption('unconditional'));
  await expect(playground.choice(extras.negative)).toHaveCount(0);
  await expect(playground.choice(extras.mix)).toHaveCount(0);
  const alone = await playground.pixels();
  await rule.selectOption('cfg');
  await playground.choice(extras.negative).selectOption(extras.noNegative);
  await rule.selectOption('unconditional');
  await playground.settled();
  expect(await playground.pixels()).toBe(alone);
});

test('how it is sampled: steps, every sampler and schedule, every parameter they declare', async ({
  playground,
}) => {
  await playground.open('n=1');
  await playground.changes('the steps', () => playground.type(controls.numSteps, 5));
  await everyChoice(playground, controls.schedule, scheduleRegistry);
  await everyChoice(playground, controls.sampler, samplerRegistry);
});

interface Entry {
  readonly id: string;
  readonly parameters: readonly NumberParameter[];
}

/**
 * Values that let others of the same rule act: the bars are so easily told apart that a step says all
 * of the class, whatever is added to it.
 */
const ON: Readonly<Record<string, number>> = { feedbackTemperature: 0 };

/** Every entry gives pixels of its own, and each of its parameters changes them. */
async function everyChoice(
  playground: Playground,
  name: string,
  registry: readonly Entry[],
): Promise<void> {
  const seen = new Set<string>();
  for (const { id, parameters } of registry) {
    await playground.choice(name).selectOption(id);
    await playground.settled();
    seen.add(await playground.pixels());
    for (const parameter of parameters) {
      await test.step(`${id}: ${parameter.id}`, async () => {
        for (const other of parameters.filter(({ choices }) => !choices)) {
          // One that is off by default would switch this one off too.
          const on = ON[other.id] ?? (other.default === other.min ? other.max : other.default);
          const name = nameOf(words, other);
          // What would change nothing is not there.
          if ((await playground.number(name).count()) === 0) continue;
          await playground.type(name, other === parameter ? other.default : on);
        }
        await playground.settled();
        const before = await playground.pixels();
        const pixels = new Set([before]);
        for (const choice of parameter.choices ?? []) {
          await playground
            .choice(nameOf(words, parameter))
            .selectOption(choiceEntry(parameter, choice).id);
          await playground.settled();
          pixels.add(await playground.pixels());
        }
        // Where the far end does nothing (a limit that nothing reaches), the least value does.
        const { min, max, step } = parameter;
        for (const value of parameter.choices ? [] : [max, min, min + step]) {
          await playground.type(nameOf(words, parameter), value);
          await playground.settled();
          pixels.add(await playground.pixels());
          if (pixels.size > 1) break;
        }
        expect(pixels.size, `${parameter.label} must change the pixels`).toBe(2);
      });
    }
  }
  expect(seen.size, `${name}: different pixels each`).toBe(registry.length);
}

test('students guide in one pass, and in four steps that go with them', async ({ playground }) => {
  await playground.open('steps=6&sampler=heun');
  const nfe = playground.columns.locator('[data-figure=nfe]');
  const guided = await playground.pixels();
  await expect(nfe).toHaveText('22');
  const onePass = await playground.changes('one pass', () =>
    playground.choice(controls.guidance).selectOption('distilled'),
  );
  await expect(nfe).toHaveText('11');
  await playground.changes('the scale', () => playground.type(controls.guidanceScale, 5));
  await playground.type(controls.guidanceScale, 3);
  const few = await playground.changes('few steps', () =>
    playground.choice(controls.guidance).selectOption('fast'),
  );
  expect(few).not.toBe(onePass);
  await expect(nfe).toHaveText('2');
  await expect(playground.number(controls.numSteps)).toHaveValue('2');
  await playground.choice(controls.guidance).selectOption('cfg');
  await playground.settled();
  expect(await playground.pixels(), 'the steps before come back').toBe(guided);
});

import { commonWords } from '../../kit/words/words';
import type { DenoiserManifest } from '../../networks/manifest';
import { DEFAULT_COLUMN, declaredParameters } from '../../settings/column';
import { traits } from '../../settings/describe';
import type { Language } from '../../settings/settings';
import { shortNumber } from '../../settings/short-text';
import type { FigureId } from './curves';
import type { Series } from './settings';
import { experimentsWords } from './words';

/** Names that tell curves apart: the rule, and what else they differ in; of those alike in all, how they are sampled. */
export function curveNames(
  all: readonly Series[],
  steps: boolean,
  networks: readonly DenoiserManifest[],
  language: Language,
): string[] {
  const strings = commonWords[language];
  const { curves } = experimentsWords[language];
  const described = all.map(({ column }) =>
    traits(
      steps ? { ...column, numSteps: 1 } : { ...column, guidanceScale: 1, curve: null },
      strings,
      'w',
    ),
  );
  const keys = [...new Set(described.flatMap((each) => [...each.keys()]))];
  const hidden = steps ? ['steps', 'guidance'] : ['scale', 'guidance', 'noiseTemperature'];
  // Of the parameters, those that were set.
  const parameters = new Set<string>(
    all.flatMap(({ column }) => declaredParameters(column).map((p) => p.id)),
  );
  const isSet = (key: string) =>
    !parameters.has(key) || all.some(({ column }) => column.parameters[key] !== undefined);
  const usual = traits(DEFAULT_COLUMN, strings, 'w');
  const differing = keys.filter((key) => {
    if (hidden.includes(key) || !isSet(key)) return false;
    const values = new Set(described.flatMap((each) => each.get(key)?.value ?? []));
    const everywhere = described.every((each) => each.has(key));
    return values.size > 1 || (!everywhere && !values.has(usual.get(key)?.value ?? ''));
  });
  const alike = new Set(described.map((each) => JSON.stringify([...each]))).size === 1;
  const told = !alike ? differing : steps ? ['sampler', 'scale'] : ['sampler', 'steps'];
  const models = new Set(all.map(({ model }) => model));
  const rules = new Set(all.map(({ column }) => column.guidance));
  return all.map(({ model, varies }, k) => {
    const traitsOf = described[k]!;
    const network = networks.find(({ id }) => id === model) ?? networks[0];
    const parts = [
      models.size > 1 && (model === null || network?.id === model)
        ? networkName(network, language)
        : (model ?? undefined),
      rules.size > 1 || !steps ? traitsOf.get('guidance')?.value : undefined,
      varies === 'scale+1' ? curves.atNextW : varies === 'noise' ? curves.lessNoise : undefined,
      ...told.map((key) => traitsOf.get(key)?.value),
    ];
    return parts.filter(Boolean).join(' · ');
  });
}

/** A network by what it was trained with, which the title of one of several says already. */
export function networkName(network: DenoiserManifest | undefined, language: Language): string {
  if (!network) return '';
  const { title, pUncond } = network;
  const { curves } = experimentsWords[language];
  const named = pUncond === undefined || title.includes(`p_uncond ${pUncond}`);
  return named ? title : curves.trainedWith(title, shortNumber(pUncond));
}

/** w = 0.3 or T = 64. */
export function valueText(value: number, steps: boolean): string {
  return `${steps ? 'T' : 'w'} = ${shortNumber(value)}`;
}

/** A figure as it is read: shares in per cent. */
export function figureText(
  id: FigureId,
  figure: { readonly value: number; readonly spread: number | undefined } | undefined,
): string {
  if (!figure) return '–';
  const share =
    id === 'classAccuracy' || id === 'precision' || id === 'recall' || id === 'coverage';
  const digits = (value: number) => {
    if (id === 'alignment') return value.toFixed(3);
    return share ? (100 * value).toFixed(1) : decimals(value);
  };
  const unit = share ? ' %' : '';
  if (figure.spread === undefined) return `${digits(figure.value)}${unit}`;
  return `${digits(figure.value)} ± ${digits(figure.spread)}${unit}`;
}

function decimals(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

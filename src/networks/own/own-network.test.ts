import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../manifest';
import { readOnnx } from '../onnx/file';
import { type Hints, metadataHints, readHints } from './own-hints';
import {
  classesOf,
  fieldsSaid,
  type NullLabel,
  type OwnSettings,
  ownManifest,
  settingsProblems,
  suggested,
} from './own-network';
import { findPorts, type Ports } from './ports';

const root = new URL('../../../', import.meta.url);
const open = (path: string) => readOnnx(new Uint8Array(readFileSync(new URL(path, root))), path);
const fixture = (name: string) => open(`e2e/fixtures/bring/${name}.onnx`);
const portsOf = (name: string): Ports => {
  const { value, problems } = findPorts(fixture(name));
  expect(problems).toEqual([]);
  return value!;
};

describe('which inputs and outputs are what', () => {
  test('UNet2DModel’s names', () => {
    expect(portsOf('eps')).toEqual({
      x: 'sample',
      time: { name: 'timestep', type: 'int64', shape: 'rows', count: 1000 },
      label: { name: 'class_labels', type: 'int64', count: 4, blank: [] },
      output: 'out_sample',
      outputs: ['out_sample'],
      shape: [1, 8, 8],
      batch: ['batch_size'],
      single: false,
      border: [],
    });
  });
  test('short names, a scalar timestep, one-hot rows, free sizes', () => {
    expect(portsOf('v')).toEqual({
      x: 'x',
      time: { name: 't', type: 'int64', shape: 'scalar', count: 1000 },
      label: { name: 'y', type: 'float32', count: 3, blank: [] },
      output: 'v',
      outputs: ['v'],
      shape: [1, 'height', 'width'],
      batch: ['N'],
      single: false,
      border: [],
    });
  });
  test('no label, a fixed batch of one, a variance that was learned as well', () => {
    expect(portsOf('x0')).toEqual({
      x: 'x',
      time: { name: 't', type: 'float32', shape: 'rows' },
      output: 'x0_and_variance',
      outputs: ['x0_and_variance'],
      shape: [1, 8, 8],
      batch: [],
      single: true,
      border: [],
    });
  });
  test('a network of this project', () => {
    const { value } = findPorts(open('e2e/models/tiny/model.onnx'));
    expect(value).toMatchObject({ x: 'x', time: { name: 'sigma' }, output: 'denoised' });
    expect(value!.label).toEqual({ name: 'label', type: 'float32', count: 5, blank: [] });
    const settings = suggested(value!, {}, 'model.onnx');
    expect(settings).toMatchObject({ prediction: 'denoised', labels: 5, nullLabel: 'last' });
    expect(classesOf(settings)).toEqual(['0', '1', '2', '3']);
    const { value: said } = readHints('{"role": "denoiser", "sigma": {"min": 0.1, "max": 9}}', 'a');
    expect(suggested(value!, said, 'model.onnx').sigma).toEqual({ min: 0.1, max: 9 });
  });
  test('unknown names, by type and rank', () => {
    const value = (name: string, type: string, shape: (string | number)[]) => ({
      name,
      type,
      shape,
    });
    const file = {
      ...fixture('eps'),
      inputs: [
        value('when', 'float', ['b', 1]),
        value('onnx::Conv_0', 'float', ['b', 3, 32, 32]),
        value('step', 'float', ['b']),
      ].slice(1),
      outputs: [value('442', 'float', ['b', 3, 32, 32])],
    };
    expect(findPorts(file).value).toMatchObject({
      x: 'onnx::Conv_0',
      time: { name: 'step', shape: 'rows' },
      output: '442',
    });
  });

  test.each([
    [
      'no-timestep',
      ['An input is missing: the timestep, int64 or float32 [batch]. Its inputs: sample.'],
    ],
    [
      'shape',
      [
        'Output "out_sample" float32 [batch_size, 1, 4, 4]: must have the shape of the input "sample", [batch, 1, 8, 8], or twice its channels.',
      ],
    ],
    [
      'text',
      [
        'Input "encoder_hidden_states" float32 [batch_size, 77, 16]: must be a picture, a timestep or a class label; this page has nothing else to give.',
      ],
    ],
  ])('%s: every misfit is a line', (name, lines) => {
    const { value, problems } = findPorts(fixture(name));
    expect(value).toBeUndefined();
    expect(problems).toEqual(lines);
  });
  test('a student has an input of the scale, s or w by its name', () => {
    const file = fixture('student');
    expect(portsOf('student')).toMatchObject({
      time: { name: 't' },
      label: { name: 'y' },
      scale: { name: 'guidance_scale', shape: 'scalar' },
    });
    const told = (name: string, shape: (string | number)[], type = 'float') => {
      const named = (value: (typeof file.inputs)[number]) =>
        value.name === 'guidance_scale' ? { name, type, shape } : value;
      const ports = findPorts({ ...file, inputs: file.inputs.map(named) }).value!;
      return [ports.scale, suggested(ports, {}, 'a').scaleCounts];
    };
    expect(told('scale', ['b'])).toEqual([{ name: 'scale', shape: 'rows' }, 's']);
    expect(told('w', ['b', 1])).toEqual([{ name: 'w', shape: 'column' }, 'w']);
    expect(told('guidance_weight', ['b'], 'double')).toEqual([
      { name: 'page.guidance_weight', shape: 'rows' },
      'w',
    ]);
    const ports = portsOf('student');
    const { value: said } = readHints('{"scale_counts": "w"}', 'a.json');
    expect(suggested(ports, said, 'a').scaleCounts).toBe('w');
    expect(fieldsSaid(ports, said)).toContain('scaleCounts');
  });
  test('what has another form is converted at the border', () => {
    const value = portsOf('odd');
    expect(value).toMatchObject({
      x: 'page.x',
      time: { name: 'page.t', type: 'float32', shape: 'rows' },
      label: { name: 'page.y', type: 'int64', count: 4 },
      output: 'page.out',
      shape: [1, 8, 8],
      single: false,
      fixedBatch: 3,
    });
    expect(
      value.border.map(({ name, reshape, channelsLast }) => [name, reshape, channelsLast]),
    ).toEqual([
      ['x', undefined, true],
      ['t', [-1, 1, 1, 1], undefined],
      ['y', [-1, 1], undefined],
      ['out', undefined, true],
    ]);
    expect(portsOf('scalar')).toMatchObject({
      single: true,
      label: { name: 'page.y', type: 'int64' },
    });
    expect(portsOf('index')).toMatchObject({
      label: { name: 'page.y', type: 'int64', blank: [0] },
    });
  });
  test('a mask, a OneHot node, several pictures, rows under any name', () => {
    expect(portsOf('mask')).toMatchObject({
      label: { name: 'c', type: 'int64', count: 3 },
      mask: 'context_mask',
      outputs: ['mean', 'noise'],
    });
    expect(portsOf('rows').label).toEqual({
      name: 'context',
      type: 'float32',
      count: 4,
      blank: [],
    });
    const file = fixture('rows');
    const [x, t, context] = file.inputs;
    const pooled = { ...context!, name: 'pooled_text_embeds', shape: ['batch_size', 768] };
    expect(findPorts({ ...file, inputs: [x!, t!, pooled] }).problems).toHaveLength(1);
  });
  test('a label is no timestep', () => {
    expect(findPorts(fixture('no-time')).problems).toEqual([
      'An input is missing: the timestep, int64 or float32 [batch]. Its inputs: x, y.',
    ]);
  });
  test('thousands of inputs are read at once and told in a few lines', () => {
    const file = fixture('eps');
    const more = Array.from({ length: 30_000 }, (_, k) => ({
      name: `more${k}`,
      type: 'float',
      shape: ['b', 7, 7],
    }));
    const started = performance.now();
    const { problems } = findPorts({ ...file, inputs: [...file.inputs, ...more] });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(problems).toHaveLength(9);
    expect(problems.at(-1)).toBe('And 29992 inputs more.');
  });
});

describe('what is suggested', () => {
  const ports = portsOf('eps');
  test('without a word: noise prediction, linear betas, the last label for no class', () => {
    const settings = suggested(ports, {}, 'my net.onnx');
    expect(settings).toEqual({
      title: 'my net',
      prediction: 'eps',
      noising: 'betas',
      betas: { kind: 'linear', start: 1e-4, end: 0.02, steps: 1000 },
      sigmaData: 0.5,
      range: [-1, 1],
      counts: 'from-0',
      shape: [1, 8, 8],
      labels: 4,
      nullLabel: 'last',
      hidden: 1,
      scaleCounts: 's',
      names: [],
      output: 'out_sample',
    });
    expect(classesOf(settings)).toEqual(['0', '1', '2']);
    expect(settingsProblems(settings, ports)).toEqual([]);
  });
  test('by what the file says of itself', () => {
    const { value, problems } = metadataHints(fixture('v'), 'v.onnx');
    expect(problems).toEqual([]);
    expect(suggested(portsOf('v'), value, 'v.onnx')).toMatchObject({
      prediction: 'v',
      betas: { kind: 'scaled-linear', start: 0.00085, end: 0.012, steps: 1000 },
      range: [0, 1],
      shape: [1, 8, 8],
      names: ['A', 'B'],
      labels: 3,
      nullLabel: 'last',
    });
  });
  test('by the configs of diffusers', () => {
    const scheduler = {
      _class_name: 'DDPMScheduler',
      beta_end: 0.03,
      beta_schedule: 'linear',
      beta_start: 0.0002,
      clip_sample: true,
      num_train_timesteps: 500,
      prediction_type: 'sample',
      trained_betas: null,
    };
    const unet = {
      _class_name: 'UNet2DModel',
      sample_size: 64,
      in_channels: 3,
      num_class_embeds: 8,
    };
    const said = [scheduler, unet].map((json) => readHints(JSON.stringify(json), 'config.json'));
    expect(said.flatMap(({ problems }) => problems)).toEqual([]);
    expect(said.map(({ unused }) => unused)).toEqual([['clip_sample'], []]);
    const open = { ...ports, shape: ['c', 'h', 'w'], label: { ...ports.label!, count: undefined } };
    expect(suggested(open, { ...said[0]!.value, ...said[1]!.value }, 'a.onnx')).toMatchObject({
      prediction: 'x0',
      betas: { kind: 'linear', start: 0.0002, end: 0.03, steps: 500 },
      shape: [3, 64, 64],
      labels: 8,
      nullLabel: 'last',
    });
  });
  test.each<['int64' | 'float32', number, Hints, NullLabel]>([
    ['int64', 10, {}, 'none'],
    ['int64', 11, {}, 'last'],
    ['int64', 4, { class_names: ['a', 'b', 'c', 'd'] }, 'none'],
    ['float32', 10, {}, 'zeros'],
    ['int64', 10, { null_label: 'first' }, 'first'],
  ])('no class: %s, %i labels, %o', (type, count, said, nullLabel) => {
    const labelled = { ...ports, label: { name: 'y', type, count, blank: [] } };
    expect(suggested(labelled, said, 'a.onnx').nullLabel).toBe(nullLabel);
  });
  test.each<[string, Partial<OwnSettings>]>([
    [
      'FlowMatchEulerDiscreteScheduler',
      { noising: 'flow', prediction: 'flow', counts: 'thousand' },
    ],
    ['EDMEulerScheduler', { noising: 'edm', prediction: 'edm', counts: 'c-noise', sigmaData: 0.4 }],
    ['ScoreSdeVeScheduler', { noising: 'sigma', prediction: 'score', counts: 'sigma' }],
    ['DPMSolverMultistepScheduler', { noising: 'betas', prediction: 'eps', counts: 'from-0' }],
  ])('%s, as Python writes its config', (_class_name, wanted) => {
    // EDM and flow schedulers say "epsilon" of what is none.
    const config = `{"_class_name": "${_class_name}", "_diffusers_version": "0.30.0", "lambda_min_clipped": -Infinity,
      "prediction_type": "epsilon", "sigma_min": 0.002, "sigma_max": 70.0, "sigma_data": 0.4, "a": "NaN",
      "num_train_timesteps": null, "trained_betas": null, "shift": 1.0}`;
    const { value, problems, unused } = readHints(config, 'scheduler_config.json');
    expect(problems).toEqual([]);
    expect(unused).toEqual(['a', 'shift']);
    const settings = suggested(ports, value, 'a.onnx');
    expect(settings).toMatchObject(wanted);
    const sigma = wanted.noising === 'betas' ? undefined : { min: 0.002, max: 70 };
    expect(settings.sigma).toEqual(sigma);
  });
  test('one key that makes no sense leaves the others', () => {
    const json = {
      _class_name: 'LCMScheduler',
      beta_schedule: 'x',
      prediction_type: 'v_prediction',
    };
    const { value, problems } = readHints(JSON.stringify(json), 'a.json');
    expect(value).toEqual({ prediction_type: 'v_prediction' });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('"_class_name" must be a scheduler of betas, FlowMatch, EDM');
    expect(readHints('[]', 'a.json').problems).toEqual(['a.json must be an object, got []']);
  });
  test('betas one by one', () => {
    const { value } = readHints('{"trained_betas": [0.1, 0.2]}', 'a.json');
    expect(suggested(ports, value, 'a.onnx').betas).toEqual({ kind: 'list', betas: [0.1, 0.2] });
  });
  test('no class by a row of zeros in the table, or by a mask', () => {
    const of = (name: string) => suggested(portsOf(name), {}, 'a.onnx');
    expect(of('index')).toMatchObject({ labels: 4, nullLabel: 'first' });
    expect(of('mask')).toMatchObject({ labels: 3, nullLabel: 'mask', hidden: 1 });
    expect(of('flow').nullLabel).toBe('last');
    expect(of('sigma')).toMatchObject({ noising: 'sigma', prediction: 'eps', counts: 'sigma' });
  });
  test('what beside it makes no sense is named', () => {
    const read = (json: unknown) =>
      readHints(JSON.stringify(json), 'scheduler_config.json').problems;
    expect(read({ beta_schedule: 'laplace', num_class_embeds: 0 })).toEqual([
      'scheduler_config.json: "beta_schedule" must be linear, scaled_linear, squaredcos_cap_v2, cosine, sigmoid, sigmoid_alphas, got "laplace"',
      'scheduler_config.json: "num_class_embeds" must be a whole number of at least 1, got 0',
    ]);
    expect(read({ rescale_betas_zero_snr: true })[0]).toContain(
      '"rescale_betas_zero_snr" must be false',
    );
    expect(read({ value_range: [1, 0] })[0]).toContain(
      '"value_range" must be a list with black below white',
    );
    expect(readHints('{', 'a.json').problems).toEqual(['a.json must be JSON, got "{"']);
  });
});

describe('settings that make no sense', () => {
  const ports = portsOf('eps');
  const fine = suggested(ports, {}, 'a.onnx');
  test.each([
    [{ title: '' }, '"title" must be a string that is not empty'],
    [{ betas: { ...fine.betas, end: 2 } }, '"betas.end" must be a number within (0, 1), got 2'],
    [{ range: [1, 0] }, '"range" must be a list with black below white'],
    [{ shape: [1, 0, 8] }, '"height" must be a whole number of at least 1, got 0'],
    [{ shape: [4, 8, 8] }, '"channels" must be 1 (grey) or 3'],
    [{ labels: 1 }, '"labels" must leave a class'],
    [{ names: ['a', 'a'] }, '"names" must differ, got "a" twice'],
    [{ names: ['a', 'b', 'c', 'd'] }, '"names" must be at most 3, got 4'],
    [{ nullLabel: 'zeros' }, '"no class" must be an index'],
    [{ names: ['none'] }, '"names" must be of 1 to 300 letters that a link can hold'],
    [{ names: ['a\ud800'] }, 'and not "none", got "a\\ud800"'],
    [{ names: ['a'.repeat(301)] }, '"names" must be of 1 to 300 letters'],
    [{ nullLabel: 'mask' }, '"no class" must be a label: the network has no input for a mask'],
    [{ noising: 'flow' }, 'timesteps of a network of flow must be given as one of fraction'],
  ])('%o', (change, message) => {
    const problems = settingsProblems({ ...fine, ...change } as typeof fine, ports);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });
});

describe('the manifest', () => {
  const sigma = { min: 0.01, max: 80 };
  const file = { name: 'My Net.onnx', bytes: 10, sha256: 'ab'.repeat(32), parameters: 0 };
  test.each([
    ['eps', ['0', '1', '2'], 3, { batch_size: 'batch' }],
    ['v', ['0', '1'], 2, { N: 'batch', height: 32, width: 32 }],
    ['x0', [], undefined, {}],
  ] as const)('%s is one that the page reads', (name, classes, nullLabel, dims) => {
    const ports = portsOf(name);
    const settings = suggested(ports, {}, file.name);
    const manifest = ownManifest({ ...settings, nullLabel: 'last' }, ports, file, sigma);
    expect(parseManifest(JSON.stringify(manifest), 'own')).toEqual(manifest);
    expect(manifest.id).toBe('own-my-net-abababab');
    expect(manifest.classes).toEqual(classes);
    expect(manifest.adapt!.label?.nullLabel).toBe(nullLabel);
    expect(manifest.adapt!.graph.dims).toEqual(dims);
    // Dropped as JSON, it says the same again.
    const { value } = readHints(JSON.stringify(manifest), 'manifest.json');
    expect(suggested(ports, value, file.name)).toEqual({
      ...settings,
      nullLabel: 'last',
      names: classes,
    });
  });
  test('a title without Latin letters still has an id', () => {
    const ports = portsOf('x0');
    const settings = { ...suggested(ports, {}, 'a.onnx'), title: '花' };
    expect(ownManifest(settings, ports, file, sigma).id).toBe('own-abababab');
  });
});

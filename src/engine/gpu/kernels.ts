/** Numbers that one workgroup of an elementwise kernel makes. */
export const GROUP = 64;
/** Threads that count one sample together. */
const THREADS = 128;
/** Threads that sum one: fewer, since all their sums share a workgroup's memory. */
const GRAM_THREADS = 64;

/** Every kernel's first binding; its second receives the result, and the fields that it reads follow. */
const HEAD = `
struct Params { size: u32, total: u32, stride: u32, rank: u32, values: array<f32> }
@group(0) @binding(0) var<storage, read> p: Params;
`;

const bindings = (fields: number, result = 'f32') =>
  [
    HEAD,
    `@group(0) @binding(1) var<storage, read_write> result: array<${result}>;`,
    ...range(fields).map(
      (k) => `@group(0) @binding(${k + 2}) var<storage, read> f${k}: array<f32>;`,
    ),
  ].join('\n');

const range = (count: number) => Array.from({ length: count }, (_, k) => k);

const elementwise = (fields: number, value: string) => `${bindings(fields)}
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * ${GROUP}u;
  if (i >= p.total) { return; }
  let c = p.stride * (i / p.size);
  result[i] = ${value};
}`;

/**
 * Sums in two numbers, since float32 alone would not do: samplers and rules take small differences of
 * large terms. Every product is split into exact parts (Dekker 1971), and what each addition loses is
 * kept beside the sum (Knuth's TwoSum). `rank` must be 0: a compiler that does not know it cannot
 * simplify what is lost to 0.
 */
const EXACT_SUMS = `
fn kept(value: f32) -> f32 { return bitcast<f32>(bitcast<u32>(value) ^ p.rank); }
fn plus(sum: vec2f, value: f32) -> vec2f {
  let total = kept(sum.x + value);
  let added = kept(total - sum.x);
  let lost = kept(sum.x - kept(total - added)) + kept(value - added);
  return vec2f(total, sum.y + lost);
}
fn upper(value: f32) -> f32 { return bitcast<f32>(bitcast<u32>(value) & 0xfffff000u); }
fn plusProduct(sum: vec2f, a: f32, b: f32) -> vec2f {
  let high = vec2f(upper(a), upper(b));
  let low = vec2f(a - high.x, b - high.y);
  let small = kept(high.x * low.y + low.x * high.y) + low.x * low.y;
  return plus(plus(sum, kept(high.x * high.y)), small);
}`;

/**
 * Σ coefficient · field, rounded once. The values are each term's coefficient in two numbers; `stride` is
 * 0 where they are the same for every sample, else their number.
 */
export const lincombKernel = (terms: number): string => `${bindings(terms)}
${EXACT_SUMS}
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * ${GROUP}u;
  if (i >= p.total) { return; }
  let c = p.stride * (i / p.size);
  var sum = vec2f();
  ${range(terms)
    .map(
      (k) => `sum = plusProduct(sum, p.values[c + ${2 * k}u], f${k}[i]);
  sum.y += p.values[c + ${2 * k + 1}u] * f${k}[i];`,
    )
    .join('\n  ')}
  result[i] = sum.x + sum.y;
}`;

/** Each number limited to ±value. WGSL leaves open what min and max make of what is no number. */
export const CLAMP_KERNEL = elementwise(
  1,
  `select(clamp(f0[i], -p.values[c], p.values[c]), f0[i],
    (bitcast<u32>(f0[i]) & 0x7fffffffu) > 0x7f800000u)`,
);

/** Each number times that of its place in a plane of `rank` numbers, which f1 has. */
export const WEIGHTED_KERNEL = elementwise(2, 'f0[i] * f1[i % p.rank]');

/**
 * A matrix applied to each row of `size` numbers, of `total / size` rows in planes of `rank` rows,
 * which come out transposed; f0 are the rows, f1 the matrix.
 */
export const MATRIX_KERNEL = `${bindings(2)}
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * ${GROUP}u;
  if (i >= p.total) { return; }
  let row = i % p.rank;
  let column = (i / p.rank) % p.size;
  let plane = i / (p.rank * p.size);
  let at = (plane * p.rank + row) * p.size;
  var sum = 0.0;
  for (var k = 0u; k < p.size; k++) { sum += f1[column * p.size + k] * f0[at + k]; }
  result[i] = sum;
}`;

/** Numbers a sample that `gramKernel` gives: the sums of n fields, then their products, row by row up to the diagonal. */
export const gramLength = (fields: number): number => fields + (fields * (fields + 1)) / 2;

/**
 * Sums and inner products of each sample, each as two numbers to be added in float64; one workgroup a
 * sample. `rank` must be 0.
 */
export function gramKernel(fields: number): string {
  const sums = gramLength(fields);
  const products = range(fields).flatMap((i) => range(i + 1).map((j) => [i, j] as const));
  return `${bindings(fields)}
var<workgroup> parts: array<array<vec2f, ${sums}>, ${GRAM_THREADS}>;
${EXACT_SUMS}
@compute @workgroup_size(${GRAM_THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var sums: array<vec2f, ${sums}>;
  let start = group.x * p.size;
  for (var i = thread; i < p.size; i += ${GRAM_THREADS}u) {
    ${range(fields)
      .map((k) => `let v${k} = f${k}[start + i];`)
      .join(' ')}
    ${range(fields)
      .map((k) => `sums[${k}] = plus(sums[${k}], v${k});`)
      .join(' ')}
    ${products
      .map(([i, j], k) => [`sums[${fields + k}]`, `v${i}, v${j}`] as const)
      .map(([sum, factors]) => `${sum} = plusProduct(${sum}, ${factors});`)
      .join(' ')}
  }
  parts[thread] = sums;
  for (var width = ${GRAM_THREADS / 2}u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (thread < width) {
      for (var k = 0u; k < ${sums}u; k++) {
        let other = parts[thread + width][k];
        parts[thread][k] = plus(plus(parts[thread][k], other.x), other.y);
      }
    }
  }
  if (thread == 0u) {
    for (var k = 0u; k < ${sums}u; k++) {
      result[2u * (group.x * ${sums}u + k)] = parts[0][k].x;
      result[2u * (group.x * ${sums}u + k) + 1u] = parts[0][k].y;
    }
  }
}`;
}

/**
 * The largest |number| of each sample of some fields, one workgroup a sample, as bits: those of NaN are
 * larger than all others.
 */
export function largestKernel(fields: number): string {
  return `${bindings(fields, 'u32')}
var<workgroup> largest: array<atomic<u32>, ${fields}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let start = group.x * p.size;
  ${range(fields)
    .map((k) => `var most${k} = 0u;`)
    .join(' ')}
  for (var i = thread; i < p.size; i += ${THREADS}u) {
    ${range(fields)
      .map((k) => `most${k} = max(most${k}, bitcast<u32>(f${k}[start + i]) & 0x7fffffffu);`)
      .join(' ')}
  }
  ${range(fields)
    .map((k) => `atomicMax(&largest[${k}], most${k});`)
    .join(' ')}
  workgroupBarrier();
  if (thread < ${fields}u) {
    result[group.x * ${fields}u + thread] = atomicLoad(&largest[thread]);
  }
}`;
}

/**
 * The numbers of rank `rank` and `rank` + 1 (or the last) among |f| of each sample, in order, as bits:
 * those of numbers that are not negative have their order. One workgroup a sample settles bit by bit
 * how many numbers are smaller.
 */
export const RANK_KERNEL = `${bindings(1, 'u32')}
var<workgroup> count: atomic<u32>;
var<workgroup> above: atomic<u32>;
fn bits(at: u32) -> u32 { return bitcast<u32>(f0[at]) & 0x7fffffffu; }
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let start = group.x * p.size;
  var found = 0u;
  for (var bit = 31u; bit > 0u; bit--) {
    let candidate = found | (1u << (bit - 1u));
    if (thread == 0u) { atomicStore(&count, 0u); }
    workgroupBarrier();
    var smaller = 0u;
    for (var i = thread; i < p.size; i += ${THREADS}u) {
      smaller += select(0u, 1u, bits(start + i) < candidate);
    }
    atomicAdd(&count, smaller);
    workgroupBarrier();
    if (atomicLoad(&count) <= p.rank) { found = candidate; }
    workgroupBarrier();
  }
  if (thread == 0u) { atomicStore(&count, 0u); atomicStore(&above, 0xffffffffu); }
  workgroupBarrier();
  for (var i = thread; i < p.size; i += ${THREADS}u) {
    let value = bits(start + i);
    if (value <= found) { atomicAdd(&count, 1u); } else { atomicMin(&above, value); }
  }
  workgroupBarrier();
  if (thread == 0u) {
    let isLast = p.rank + 1u >= p.size;
    let next = select(atomicLoad(&above), found, isLast || atomicLoad(&count) > p.rank + 1u);
    result[2u * group.x] = found;
    result[2u * group.x + 1u] = next;
  }
}`;

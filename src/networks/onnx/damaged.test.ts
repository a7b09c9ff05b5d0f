import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { damaged } from '../../../e2e/fixtures/damage';
import { Choices } from '../../../e2e/fixtures/random';
import { findPorts } from '../own/ports';
import { NoOnnx, readOnnx } from './file';

const folder = new URL('../../../e2e/fixtures/bring/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));

test('a damaged file is read within a moment, or named in one line', () => {
  const choices = new Choices(1);
  let refused = 0;
  for (let i = 0; i < 500; i++) {
    const name = files[i % files.length]!;
    const { kind, at, bytes } = damaged(readFileSync(new URL(name, folder)), choices);
    const started = performance.now();
    try {
      findPorts(readOnnx(bytes, name));
    } catch (error) {
      refused++;
      expect(error, `${name}, ${kind} at ${at}`).toBeInstanceOf(NoOnnx);
      expect((error as Error).message).toMatch(/^\S+\.onnx must be an ONNX file: .+$/);
    }
    // A hundredth of it is usual for these few kilobytes.
    expect(performance.now() - started, `${name}, ${kind} at ${at}`).toBeLessThan(2000);
  }
  expect(refused).toBeGreaterThan(50);
  expect(refused).toBeLessThan(450);
});

import { expect, test } from 'vitest';
import { adapterName, isSoftwareAdapter } from './software-adapter';

const NONE = { vendor: '', architecture: '', description: '' };

test.each([
  { ...NONE, vendor: 'google', architecture: 'swiftshader' },
  { ...NONE, description: 'SwiftShader Device (Subzero)' },
  { ...NONE, vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
  { ...NONE, description: 'lavapipe' },
  { ...NONE, vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
  { ...NONE, description: 'Apple Software Renderer' },
  { ...NONE, vendor: 'intel', architecture: 'gen-12lp', isFallbackAdapter: true },
])('software: $vendor $architecture $description', (info) => {
  expect(isSoftwareAdapter(info)).toBe(true);
});

test.each([
  NONE,
  { ...NONE, vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false },
  { ...NONE, vendor: 'apple', architecture: 'metal-3' },
  { ...NONE, vendor: 'amd', description: 'AMD Radeon RX 7900 XTX' },
  { ...NONE, vendor: 'microsoft', description: 'Microsoft Remote Display Adapter' },
])('a graphics card: $vendor $architecture $description', (info) => {
  expect(isSoftwareAdapter(info)).toBe(false);
});

test('an adapter is called what the browser tells of it', () => {
  expect(adapterName({ ...NONE, vendor: 'apple', architecture: 'metal-3' })).toBe('apple metal-3');
  expect(adapterName({ ...NONE, vendor: 'amd', description: 'Radeon' })).toBe('Radeon');
  expect(adapterName(NONE)).toBe('WebGPU');
});

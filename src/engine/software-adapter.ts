/** What a browser tells of an adapter; older ones leave `isFallbackAdapter` out. */
type AdapterInfo = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description'> &
  Partial<Pick<GPUAdapterInfo, 'isFallbackAdapter'>>;

/** Names of programs that compute on the CPU what a GPU would: Chromium's, Mesa's, Microsoft's. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|microsoft basic render/i;

/**
 * Whether an adapter is a program on the CPU. WebAssembly runs these networks several times faster
 * there, and with as many threads.
 */
export function isSoftwareAdapter(info: AdapterInfo): boolean {
  const { vendor, architecture, description } = info;
  return (
    info.isFallbackAdapter === true || SOFTWARE.test(`${vendor} ${architecture} ${description}`)
  );
}

/** What an adapter is called. */
export function adapterName({ vendor, architecture, description }: AdapterInfo): string {
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU';
}

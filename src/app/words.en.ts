import type { BatchWhy, Precision, PrecisionWhy } from '../engine/protocol';

export const en = {
  tagline: 'What classifier-free guidance does, live on your own machine',
  skip: 'Skip to the pictures',
  language: 'Language',
  theme: {
    label: 'Theme',
    auto: 'Automatic',
    light: 'Light',
    dark: 'Dark',
  },
  tools: 'Tools',
  undo: {
    undo: (what: string) => `Undo: ${what} (Ctrl+Z)`,
    redo: (what: string) => `Redo: ${what} (Ctrl+Shift+Z)`,
    noUndo: 'Nothing to undo',
    noRedo: 'Nothing to redo',
    changes: {
      model: 'network',
      columns: 'number of columns',
      subject: 'what is drawn',
      seed: 'noise',
      count: 'number of samples',
      layout: 'arrangement',
      other: 'settings',
    },
  },
  more: 'Language and look',
  share: {
    title: 'Share',
    copyLink: 'Copy link',
    copyHint: 'It restores exactly this page.',
    copied: 'Link copied. It restores exactly this page.',
    notCopied: 'This browser does not let pages copy. The link:',
    link: 'Link to this page',
  },
  places: { label: 'Places', play: 'Play', learn: 'Learn', lab: 'Lab' },
  pages: (place: string) => `Pages of ${place}`,
  badge: {
    label: 'Runs on',
    wasm: (threads: number) =>
      `WASM on the CPU, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    forced: 'The CPU computes because the address asks for it.',
    precision: {
      label: 'Precision',
      auto: 'automatic',
      computes: (precision: Precision) => `The network computes in ${precision}.`,
      checked: 'Its first evaluation agreed with the stored answer.',
      why: {
        asked: 'That was asked for.',
        cpu: 'On the CPU fp16 is no faster.',
        'no-shader-f16': 'This graphics adapter does not offer fp16 to pages.',
        'no-check': 'The model stores no answer to check fp16 with.',
        unsuited: 'Its graph cannot be computed in fp16.',
        'self-check': 'In fp16 its first evaluation was wrong.',
      } satisfies Readonly<Record<PrecisionWhy['reason'], string>>,
      difference: (most: string) => `Largest difference from the stored answer: ${most}.`,
    },
    batch: {
      label: 'At once',
      auto: 'automatic',
      most: (rows: number) => `At most ${rows} ${rows === 1 ? 'estimate' : 'estimates'} at once.`,
      why: {
        asked: 'That was asked for.',
        limits: 'The buffers of this graphics adapter hold no more.',
        memory: 'More did not fit in memory.',
        time: 'More would take longer than a second.',
      } satisfies Readonly<Record<BatchWhy['reason'], string>>,
    },
    useWasm: 'Use the CPU',
    useWebGpu: 'Try the GPU',
    useSoftware: 'Use the software adapter anyway',
    license: (data: string, licence: string) => `Trained on ${data}. ${licence}.`,
    /** In place of the data's licence. */
    own: (file: string) => `Your own network, from ${file}. It is on this machine only.`,
  },
};

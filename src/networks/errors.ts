export type ModelErrorKind =
  | 'unknown-model'
  | 'missing-file'
  | 'damaged-file'
  | 'invalid-manifest'
  | 'network';

/** A model that cannot be loaded; the message names the file and says what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  /** Path below the models folder: "letters/model.onnx". */
  readonly file: string;

  constructor(kind: ModelErrorKind, file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.file = file;
  }
}

/** What was thrown, in words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

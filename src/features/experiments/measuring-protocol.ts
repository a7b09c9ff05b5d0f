/** Samples as metrics need them. */
export interface MeasuredBatch {
  /** The classes asked for, or prompts; the number of classes stands for none. */
  readonly labels: readonly number[];
  /** [batch, classes] of the feature network. */
  readonly logits: Float32Array;
  /** [batch, features] of the feature network. */
  readonly features: Float32Array;
  /** How well each fits its prompt, where prompts were asked for. */
  readonly fits?: readonly number[] | undefined;
}

export interface MeasuringRequest {
  /** Names the point. */
  readonly key: string;
  /** The feature network's id. */
  readonly network: string;
  /** Folder of the models, absolute. */
  readonly baseUrl: string;
  /** Whether the point begins anew, else the batches continue it. */
  readonly anew: boolean;
  readonly batches: readonly MeasuredBatch[];
  /** Points that will not be continued. */
  readonly forget: readonly string[];
}

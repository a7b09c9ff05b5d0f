// Just enough of protobuf to read and write ONNX files: https://protobuf.dev/programming-guides/encoding/
import type { Bytes } from '../sources';

/** A field of a protobuf message: its number, and its payload or integer. */
export interface Field {
  readonly number: number;
  /** Payload of a length-delimited field; empty for the others. */
  readonly bytes: Uint8Array;
  /** A varint, as far as it is exact in a number. */
  readonly value: number;
  /** The whole field with its tag. */
  readonly whole: Uint8Array;
}

/** The fields of a message in order. @throws RangeError where the bytes are no such message */
export function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = () => {
    const [value, next] = readVarint(message, at);
    at = next;
    return value;
  };
  while (at < message.length) {
    const from = at;
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    let bytes = new Uint8Array();
    let value = 0;
    if (wire === 0) value = varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      bytes = message.subarray(at, at + length) as Bytes;
      at += length;
    } else throw new RangeError(`An ONNX file must have wire types 0, 1, 2 and 5, got ${wire}`);
    if (at > message.length)
      throw new RangeError('An ONNX file must be whole, this one is cut off');
    yield { number, bytes, value, whole: message.subarray(from, at) };
  }
}

function readVarint(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  let at = from;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at];
  }
}

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

export type Part = Uint8Array | readonly Part[];

const byteLength = (part: Part): number =>
  part instanceof Uint8Array
    ? part.length
    : part.reduce((total, inner) => total + byteLength(inner), 0);

/** A length-delimited field from its pieces, which are not copied yet. */
export const delimited = (number: number, ...parts: Part[]): Part => [
  Uint8Array.from([...varintBytes(8 * number + 2), ...varintBytes(byteLength(parts))]),
  parts,
];
export const integer = (number: number, value: number): Part =>
  Uint8Array.from([...varintBytes(8 * number), ...varintBytes(value)]);
export const string = (number: number, text: string): Part =>
  delimited(number, new TextEncoder().encode(text));

export function joined(parts: Part): Bytes {
  const out = new Uint8Array(byteLength(parts));
  let at = 0;
  const write = (part: Part): void => {
    if (part instanceof Uint8Array) {
      out.set(part, at);
      at += part.length;
    } else for (const inner of part) write(inner);
  };
  write(parts);
  return out;
}

const decoder = new TextDecoder();
export const text = (bytes: Uint8Array) => decoder.decode(bytes);

/** The numbers of a repeated integer field, which writers pack into one payload or do not. */
export function integersOf({ bytes, value }: Field): number[] {
  if (bytes.length === 0) return [value];
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [number, next] = readVarint(bytes, at);
    numbers.push(number);
    at = next;
  }
  return numbers;
}

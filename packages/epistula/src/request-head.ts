/** Header fields in the order and number they arrived: joining repeated ones would hide them. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** What is known of a request once its header block is complete. */
export interface RequestHead {
  readonly method: string;
  /** Path and query exactly as on the wire at the edge: not decoded, not normalised. */
  readonly target: string;
  readonly headers: RawHeaders;
}

/** Pairs the flat list of Node's `rawHeaders`: name, value, name, value. */
export function pairRawHeaders(flat: readonly string[]): RawHeaders {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? "", flat[index + 1] ?? ""]);
  }
  return pairs;
}

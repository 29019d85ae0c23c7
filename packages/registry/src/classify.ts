import type { MinerEndpoint } from "./endpoint.ts";
import { parseEntry } from "./parse-entry.ts";
import type { EntryProblem } from "./problem.ts";

/** A commitment's field as the chain client shows it; only raw bytes can hold an entry. */
export interface CommittedField {
  readonly kind: string;
  readonly bytes?: Uint8Array;
}

/** What a commitment holds, seen by somebody who looks for miners. */
export type RegistryEntry =
  /** An address and a port. */
  | {
      readonly kind: "endpoint";
      readonly text: string;
      readonly endpoint: MinerEndpoint;
      readonly legacyIpv6: boolean;
    }
  /** `namespace:name:chat_template:hotkey:hash:competition_id` of the old LLM subnet. */
  | { readonly kind: "legacy-model"; readonly text: string }
  /** A text that was meant to be an entry, perhaps. */
  | { readonly kind: "unparsable"; readonly text: string; readonly problem: EntryProblem }
  /** Another subnet's format: JSON, a URL, binary, several fields. */
  | { readonly kind: "foreign"; readonly text: string }
  /** Hashes, timelocked bytes or nothing: there is no text. */
  | { readonly kind: "missing-data" };

const LEGACY_TOKENS = 5;
const FOREIGN = /^(?:\{|\[(?![0-9a-f:.]*\]:)|"|p2p:|\/(?:ip[46]|dns)|[a-z][a-z0-9+.-]*:\/\/)/i;

/** Tells what a commitment holds. Bytes are read as latin-1, as the Python tool does. */
export function classifyCommitment(fields: readonly CommittedField[]): RegistryEntry {
  const texts = fields.flatMap(({ kind, bytes }) =>
    kind === "raw" && bytes !== undefined ? [latin1(bytes)] : [],
  );
  const [text] = texts;
  if (text === undefined || text === "") return { kind: "missing-data" };
  const parsed = parseEntry(text);
  if (parsed.ok) {
    const { endpoint, legacyIpv6 } = parsed;
    return { kind: "endpoint", text, endpoint, legacyIpv6 };
  }
  const isForeign =
    fields.length > 1 || parsed.problem.code === "ENTRY_UNPRINTABLE" || FOREIGN.test(text);
  if (isForeign) return { kind: "foreign", text };
  if (text.split(":").length >= LEGACY_TOKENS) return { kind: "legacy-model", text };
  return { kind: "unparsable", text, problem: parsed.problem };
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

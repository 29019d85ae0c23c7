import { fromHex, type Hex, toBlockNumber, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import { compact, concat } from "../codec/encoder.ts";
import { chainError } from "../errors.ts";
import type { Head } from "../head.ts";

/**
 * A header as the node sends it, with its hash. The hash is computed (blake2-256 of the SCALE
 * header), which saves a request per block.
 */
export function parseHeader(header: unknown): Head {
  try {
    const { parentHash, number, stateRoot, extrinsicsRoot, digest } = record(header);
    const { logs } = record(digest);
    if (!Array.isArray(logs)) throw new TypeError("digest has no logs");
    const height = Number.parseInt(String(number), 16);
    const items = logs.map((log) => fromHex(String(log)));
    const parent = fromHex(String(parentHash));
    const bytes = concat([
      parent,
      compact(BigInt(height)),
      fromHex(String(stateRoot)),
      fromHex(String(extrinsicsRoot)),
      compact(BigInt(items.length)),
      ...items,
    ]);
    return {
      number: toBlockNumber(height),
      hash: toHex(blake2b(bytes, { dkLen: 32 })),
      parentHash: toHex(parent),
    };
  } catch (cause) {
    throw chainError("RPC_MALFORMED", "the node sent what is not a block header", {}, cause);
  }
}

/** Whether an answer is a block hash. */
export function isBlockHash(value: unknown): value is Hex {
  return typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new TypeError("not an object");
}

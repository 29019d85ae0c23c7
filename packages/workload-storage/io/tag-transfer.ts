import { CodedError, canonicalJson, fromHex, type Hex } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import {
  type Grant,
  parseSignedGrant,
  recordSignedGrant,
  type SignedGrant,
  SignedGrantRecord,
  tagBytesOf,
} from "@neurond/workload-storage/sweep";
import { z } from "zod";
import { shardPath } from "./shard-paths.ts";

/** Where a miner takes the tags of a shard: sets one after the other, in the order of periods. */
export const tagsPath = (shardId: Uint8Array): string => `${shardPath(shardId)}/tags`;

/** Where a miner takes a newer receipt of a shard, which promises it for longer. */
export const newerReceiptPath = (shardId: Uint8Array): string => `${shardPath(shardId)}/receipt`;

/** Query parameter of tags: the grant that the validator signed and the miner is to sign. */
export const GRANT_PARAMETER = "grant";

const signature = z.string().regex(/^0x[0-9a-f]{128}$/);
const { grant: GrantRecord } = SignedGrantRecord.shape;
const Offer = z.strictObject({ grant: GrantRecord, validator_signature: signature });

/** What a miner answers when tags, or a newer receipt, are safely on its disk: its own signature. */
export const SignatureAnswer = z.strictObject({ signature });

/** A grant that only its validator has signed yet. */
export type OfferedGrant = Pick<SignedGrant, "grant" | "validatorSignature">;

/** The text of the parameter. */
export function encodeGrantOffer({ grant, validatorSignature }: OfferedGrant): string {
  const both = { grant, validatorSignature, minerSignature: new Uint8Array(64) };
  const { miner_signature: _, ...offer } = recordSignedGrant(both);
  return Buffer.from(canonicalJson(offer)).toString("base64url");
}

/**
 * Reads the parameter; whether its signature holds is for the reader to check.
 * @throws CodedError GRANT_INVALID
 */
export function decodeGrantOffer(text: string): OfferedGrant {
  const parsed = Offer.safeParse(parseJson(Buffer.from(text, "base64url").toString("utf8")));
  if (!parsed.success) throw invalid(`the parameter ${GRANT_PARAMETER} holds no grant`);
  const { grant, validator_signature } = parsed.data;
  const miner_signature = `0x${"00".repeat(64)}`;
  const signed = parseSignedGrant({ grant, validator_signature, miner_signature });
  return { grant: signed.grant, validatorSignature: fromHex(validator_signature as Hex) };
}

/** Bytes of all sets of a grant. */
export function tagSetsBytes({ size, tagRoots }: Pick<Grant, "size" | "tagRoots">): number {
  return tagBytesOf(size) * tagRoots.length;
}

/**
 * The sets of tags in a body, in the order of periods.
 * @throws CodedError GRANT_INVALID when it has another length
 */
export function splitTagSets(grant: Grant, body: Uint8Array): readonly Uint8Array[] {
  const bytes = tagBytesOf(grant.size);
  if (body.length !== tagSetsBytes(grant)) {
    throw invalid(`tags of ${grant.tagRoots.length} periods came as ${body.length} bytes`);
  }
  return grant.tagRoots.map((_, at) => body.subarray(at * bytes, (at + 1) * bytes));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("GRANT_INVALID", message);
}

import { z } from "zod";
import { Address } from "../../result-schemas.ts";

const Rs = z
  .tuple([z.number(), z.number()])
  .describe("shards that restore a segment, and shards there are of it");
const FileId = z.string().describe("32 bytes as hex, new for every version of a file");

/** Result of `neurond store put`. */
export const PutShape = z.strictObject({
  fileId: FileId,
  name: z.string(),
  size: z.number().describe("bytes of the file"),
  encryptedSize: z.number().describe("bytes, encrypted, before they are coded"),
  segments: z.number(),
  rs: Rs,
  missing: z
    .array(z.strictObject({ segment: z.number(), index: z.number() }))
    .describe("shards nobody took: the file is whole without them, and they await repair"),
  resumedSegments: z.number().describe("segments that an interrupted attempt had stored"),
  miners: z.array(Address).describe("hotkeys of all miners that hold some of it"),
  owner: Address.describe("hotkey that signed"),
  validator: Address.describe("hotkey of the validator it was stored through"),
  created: z.number().describe("block"),
  expires: z.number().describe("block from which miners may forget it"),
  record: z.string().describe("file that holds its record"),
  hashes: z.string().nullable().describe("the wallet's file of names and ids, where it stands now"),
  keepers: z.array(Address).describe("validators beside it that keep the record, too"),
  custodian: Address.nullable().describe("hotkey of the API node that repairs it; see --custodian"),
  encrypted: z.boolean().describe("false: whoever has the record reads it (--noencrypt)"),
});

/** Result of `neurond store put --api`. */
export const PutApiShape = z.strictObject({
  dataHash: z.string().describe("with --api: upstream's id, by which `retrieve get` asks for it"),
  name: z.string(),
  size: z.number().describe("bytes of the file"),
  encrypted: z.boolean().describe("false: the node reads it"),
  node: Address.describe("with --api: hotkey of the node that keeps it"),
  hashes: z.string().nullable().describe("the wallet's file of names and ids"),
});

/** Either of them. */
export const PutOutcome = z.union([PutShape, PutApiShape]);

/** Result of `neurond store get`. */
export const GetShape = z.strictObject({
  fileId: z.string().describe("ours as hex, upstream's as a decimal number or a CID"),
  name: z.string().describe("name under which it was stored"),
  size: z.number().describe("bytes"),
  sha256: z.string().describe("hex; what came back was compared with it"),
  output: z.string().describe("where it is now"),
  resumedBytes: z.number().describe("bytes that an interrupted attempt had fetched"),
  badShards: z
    .array(z.strictObject({ shardId: z.string(), miner: Address, reason: z.string() }))
    .describe("shards that did not come back as promised; others took their place"),
  range: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe("first byte and the one after the last; null for the whole file"),
  verified: z.boolean().describe("whether what is on disk was read back and compared"),
  there: z.boolean().describe("whether the very file stood there already: nothing was fetched"),
});

/** Result of `neurond store list`. */
export const ListShape = z.strictObject({
  files: z.array(
    z.strictObject({
      fileId: FileId,
      name: z.string().nullable().describe("null when no key was opened, or another coldkey's"),
      size: z.number().nullable().describe("bytes; null when no record is here"),
      segments: z.number().nullable(),
      rs: Rs.nullable(),
      expires: z.number().describe("block"),
      validator: Address.nullable().describe("hotkey it was stored through"),
      where: z.enum(["here", "validator", "both"]).describe("who has its record"),
    }),
  ),
  unreadable: z.array(z.string()).describe("files in the directory that are no records"),
});

/** Result of `neurond store rm`. */
export const RemovedShape = z.strictObject({
  fileId: FileId,
  removed: z.boolean().describe("false when the question was answered with no"),
});

/** Result of `neurond store renew`. */
export const RenewedShape = z.strictObject({
  fileId: FileId,
  expires: z.number().describe("block from which miners may forget it, now"),
  renewed: z.number().describe("shards that are kept for another term"),
  failed: z.number().describe("shards that end when they would have"),
});

/** Result of `neurond store stat`. */
export const StatShape = z.strictObject({
  fileId: FileId,
  name: z.string(),
  size: z.number().describe("bytes"),
  sha256: z.string().describe("hex, of the file"),
  encryptedSize: z.number().describe("bytes"),
  rs: Rs,
  created: z.number().describe("block"),
  expires: z.number().describe("block from which miners may forget it"),
  revision: z.number().describe("how often its owner signed anew"),
  readers: z.array(z.string()).describe("X25519 keys it is shared with"),
  custodian: Address.nullable().describe("hotkey of the API node that repairs it"),
  validator: Address.describe("hotkey"),
  lost: z.number().describe("segments that cannot be restored any more"),
  segments: z.array(
    z.strictObject({
      segment: z.number(),
      live: z.number().describe("shards that count"),
      k: z.number().describe("shards that restore it"),
      n: z.number().describe("shards there should be"),
      missing: z.array(z.strictObject({ index: z.number(), reason: z.string() })),
    }),
  ),
});

/** Result of `neurond store address`. */
export const AddressShape = z.strictObject({
  address: z.string().describe("hotkey, slash, public key: what `store share` takes"),
  hotkey: Address,
  publicKey: z.string().describe("X25519, hex; derived from the coldkey"),
});

/** Result of `neurond store share`. */
export const SharedShape = z.strictObject({
  fileId: FileId,
  hotkey: Address.describe("who may ask for it"),
  publicKey: z.string().describe("X25519 key it is boxed for"),
  output: z.string().describe("file to hand over"),
});

/** Result of `neurond store unshare`. */
export const UnsharedShape = z.strictObject({
  fileId: FileId,
  publicKey: z.string(),
  had: z.boolean().describe("whether it was shared with that key at all"),
});

/** Result of `neurond store entrust`. */
export const EntrustedShape = z.strictObject({
  fileId: FileId,
  custodian: Address.describe("hotkey of the API node that repairs it from now on"),
  revision: z.number().describe("of the record that names it"),
});

/** Result of `neurond store withdraw`. */
export const WithdrawnShape = z.strictObject({
  fileId: FileId,
  custodian: Address.nullable().describe("hotkey that repaired it; null when nobody did"),
});

/** Result of `neurond store accept`. */
export const AcceptedShape = z.strictObject({
  fileId: FileId,
  name: z.string(),
  size: z.number().describe("bytes"),
  owner: Address,
  record: z.string().describe("file that holds its record"),
});

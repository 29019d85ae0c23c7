import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { expect, test } from "vitest";
import {
  boxSecrets,
  encodeManifest,
  MAX_FILE_SHARDS,
  MAX_MANIFEST_BYTES,
  type Manifest,
  shareWith,
  sharingKeys,
  signManifest,
  type UnsignedManifest,
} from "../../src/file/index.ts";

const alice = keypairFromUri("//Alice");
const hotkey = hotkeyOf(alice.publicKey);
const hash = toHex(new Uint8Array(32).fill(0xab));
const key = new Uint8Array(32).fill(1);
const sign = () => new Uint8Array(64).fill(0xcd);
const N = 24;

/** A file of as many shards as there may be, each of its fields as long as it gets. */
function longest(): UnsignedManifest {
  const shard = {
    ...{ generation: 2 ** 32 - 1, root: hash, plain_root: hash, size: 6_710_887 },
    ...{ miner: hotkey, custodian: hotkey },
  };
  const segments = Array.from({ length: Math.floor(MAX_FILE_SHARDS / N) }, (_, index) => ({
    index,
    shards: Array.from({ length: N }, (_, i) => {
      const place = index * N + i;
      return { ...shard, i, shard_id: toHex(new Uint8Array(32).fill(place % 256, place % 31)) };
    }),
  }));
  const text = { data_key: hash, seal_secret: hash, sha256: hash, name: "n".repeat(255) };
  const secrets = { ...text, nonce_prefix: toHex(new Uint8Array(7)), size: 2 ** 45 };
  return {
    ...{ v: 2, id: hash, revision: 9, size: 2 ** 45, segment_size: 2 ** 26, rs: [10, N] },
    ...{ leaf_size: 4096, aead: "ft2", segments, created: 2 ** 32, expires: 2 ** 32 },
    wraps: [{ to: hotkey, box: toHex(boxSecrets(secrets, key, new Uint8Array(24))) }],
    owner: hotkey,
  };
}

const withEveryShardMoved = (manifest: Manifest): Manifest => ({
  ...manifest,
  repairs: manifest.segments.map(({ index: segment, shards }) => ({
    ...{ segment, revision: 9, round: 2 ** 32 - 1, shards, by: hotkey, sig: toHex(sign()) },
  })),
});

test("the longest file fits, every shard moved and shared with another", () => {
  const shared = shareWith(signManifest(longest(), sign), key, sharingKeys(key).publicKey, key);
  const { length } = encodeManifest(withEveryShardMoved(signManifest(shared, sign)));
  expect(length).toBeLessThanOrEqual(MAX_MANIFEST_BYTES);
});

test("one that is shared with too many is not signed", () => {
  const unsigned = longest();
  const box = toHex(new Uint8Array(MAX_MANIFEST_BYTES / 4));
  const wraps = [...unsigned.wraps, { to: hash, box }, { to: hash, box }];
  expect(() => signManifest({ ...unsigned, wraps }, sign)).toThrow("share it with fewer");
});

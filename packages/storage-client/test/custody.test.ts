import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { fromHex, type Hotkey, hotkeyOf, toHex } from "@neurond/primitives";
import {
  custodianOf,
  custodyKeys,
  decodeManifest,
  encodeManifest,
  entrust,
  isCustodyKeySigned,
  type Manifest,
  newestManifest,
  nextRevision,
  openCustody,
  openSecrets,
  ownerKey,
  readersOf,
  shareWith,
  sharingKeys,
  signCustodyKey,
  signManifest,
  type UnsignedManifest,
  unshare,
  withdraw,
  withRepair,
} from "@neurond/workload-storage/file";
import { describe, expect, test } from "vitest";
import { putFile, repairSegment } from "../src/index.ts";
import { bytesOf, codeOf, KEY, OWNER, owned } from "./support/files.ts";
import { MemoryNetwork } from "./support/memory-network.ts";

const NODE = keypairFromUri("//Custodian");
const node = hotkeyOf(NODE.publicKey);
const keys = custodyKeys(ownerKey(new Uint8Array(64).fill(9)));
const statement = signCustodyKey(node, keys.publicKey, (digest) => NODE.sign(digest));
const EPHEMERAL = new Uint8Array(32).fill(5);
const reader = sharingKeys(new Uint8Array(32).fill(3)).publicKey;
const signal = new AbortController().signal;

const signed = (unsigned: UnsignedManifest): Manifest =>
  decodeManifest(
    encodeManifest(signManifest(unsigned, (digest) => OWNER.sign(digest))),
    verifySr25519Fast,
  );

/** A file that nobody but its owner can repair. */
async function stored(network = new MemoryNetwork(8)) {
  const source = (async function* () {
    yield bytesOf(50_000);
  })();
  const { manifest } = await putFile({ ...owned, source, network, rs: [2, 4], threads: 0 });
  return { network, manifest };
}

const entrusted = (manifest: Manifest) => signed(entrust(manifest, KEY, statement, EPHEMERAL));

describe("a custodian", () => {
  test("is named for every shard, and opens the seal secret with its own key", async () => {
    const { manifest } = await stored();
    expect(custodianOf(manifest)).toBeNull();
    const given = entrusted(manifest);
    expect([custodianOf(given), given.revision]).toEqual([node, 1]);
    const { seal_secret } = openSecrets(fromHex(manifest.wraps[0]?.box ?? "0x"), KEY);
    expect(toHex(openCustody(given, node, keys.secret))).toBe(seal_secret);
  });

  test("is given nothing else: no box opens to the key of the content", async () => {
    const { manifest } = await stored();
    const { data_key } = openSecrets(fromHex(manifest.wraps[0]?.box ?? "0x"), KEY);
    const opened = toHex(openCustody(entrusted(manifest), node, keys.secret));
    expect(opened).not.toContain(data_key.slice(2));
    expect(readersOf(entrusted(manifest))).toEqual([]);
  });

  test("has nothing of a box that was boxed for another file, or for somebody else", async () => {
    const [{ manifest }, other] = [await stored(), (await stored()).manifest];
    const foreign = entrusted(other);
    const copied = { ...entrusted(manifest), wraps: foreign.wraps };
    const code = (what: Manifest, who: Hotkey, secret: Uint8Array) =>
      codeOf((async () => openCustody(what, who, secret))());
    expect(await code(copied, node, keys.secret)).toBe("KEY_INVALID");
    expect(await code(entrusted(manifest), node, new Uint8Array(32).fill(1))).toBe("KEY_INVALID");
    expect(await code(manifest, node, keys.secret)).toBe("KEY_INVALID");
  });

  test("keeps its place when the file is shared, and readers keep theirs when it changes", async () => {
    const { manifest } = await stored();
    const shared = signed(shareWith(entrusted(manifest), KEY, reader, EPHEMERAL));
    expect(custodianOf(shared)).toBe(node);
    expect(openCustody(shared, node, keys.secret)).toHaveLength(32);
    expect(readersOf(signed(withdraw(shared)))).toEqual([toHex(reader)]);
    expect(openCustody(signed(unshare(shared, reader)), node, keys.secret)).toHaveLength(32);
  });

  test("signs repairs that count until it is withdrawn", async () => {
    const { network, manifest } = await stored();
    const given = entrusted(manifest);
    const { repair } = await repairSegment({
      ...{ network, manifest: given, segment: 0, lost: [1], custodian: node, signal },
      sealSecret: openCustody(given, node, keys.secret),
      sign: (digest) => NODE.sign(digest),
    });
    if (repair === null) throw new Error("a shard was moved");
    decodeManifest(encodeManifest(withRepair(given, repair)), verifySr25519Fast);
    const taken = signed(withdraw(withRepair(given, repair)));
    expect(custodianOf(taken)).toBeNull();
    expect(taken.wraps).toHaveLength(1);
    const late = withRepair(taken, { ...repair, revision: taken.revision });
    const refused = codeOf((async () => decodeManifest(encodeManifest(late), verifySr25519Fast))());
    expect(await refused).toBe("MANIFEST_INVALID");
  });

  test("proves its key by its hotkey", () => {
    expect(isCustodyKeySigned(statement, verifySr25519Fast)).toBe(true);
    const other = toHex(reader);
    expect(isCustodyKeySigned({ ...statement, public_key: other }, verifySr25519Fast)).toBe(false);
  });
});

describe("the newest of two manifests", () => {
  test("is the higher revision, whichever comes first", async () => {
    const { manifest } = await stored();
    const next = signed(nextRevision(manifest));
    expect(newestManifest(manifest, next)).toBe(next);
    expect(newestManifest(next, manifest)).toBe(next);
  });

  test("of one revision has the latest repair of each segment from either", async () => {
    const { network, manifest } = await stored();
    const given = entrusted(manifest);
    const repair = async (from: Manifest, lost: number) => {
      const done = await repairSegment({
        ...{ network, manifest: from, segment: 0, lost: [lost], custodian: node, signal },
        sealSecret: openCustody(given, node, keys.secret),
        sign: (digest) => NODE.sign(digest),
      });
      if (done.repair === null) throw new Error("a shard was moved");
      return withRepair(from, done.repair);
    };
    const first = await repair(given, 0);
    const second = await repair(first, 1);
    expect(newestManifest(given, second)).toEqual(second);
    expect(newestManifest(second, first)).toEqual(second);
    expect(newestManifest(first, second)).toEqual(second);
  });

  test("is the known one where an owner signed two of one revision", async () => {
    const { manifest } = await stored();
    const [a, b] = [nextRevision(manifest), { ...nextRevision(manifest), expires: 5 }].map(signed);
    if (a === undefined || b === undefined) throw new Error("two were signed");
    expect(newestManifest(a, b)).toBe(a);
    expect(newestManifest(b, a)).toBe(b);
  });
});

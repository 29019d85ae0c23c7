import { existsSync, readFileSync } from "node:fs";
import { keypairFromUri, verifySr25519 } from "@neurond/crypto";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import { afterAll, describe, expect, test } from "vitest";
import type { Call } from "../src/chain.ts";
import { Runtime } from "../src/codec/runtime.ts";
import { keysOf, storageKey, storedValue } from "../src/codec/storage-entry.ts";
import { ExtrinsicBuilders } from "../src/polkadot.ts";
import golden from "./vectors/golden-424.json" with { type: "json" };

const file = new URL("../../../../shared/data/subtensor-424.metadata-v16.scale", import.meta.url);
const present = existsSync(file);
const runtime = present
  ? new Runtime(new Uint8Array(readFileSync(file)), { specVersion: 424, transactionVersion: 1 })
  : undefined;
const alice = keypairFromUri("//Alice");
const genesis: Hex = `0x${"22".repeat(32)}`;
const builders = new ExtrinsicBuilders();
afterAll(() => builders[Symbol.asyncDispose]());

describe.skipIf(!present)(
  "bytes of the real runtime (skipped where its metadata is absent)",
  () => {
    const real = () => runtime as Runtime;
    const item = (pallet: string, name: string) => {
      const found = real().storage(pallet, name);
      if (found === undefined) throw new Error(`no ${pallet}.${name}`);
      return found;
    };
    const sign = (call: Call, nonce = 5) =>
      builders.sign(real(), genesis, call, alice, {
        nonce,
        block: { number: 1000, hash: genesis },
        period: 64,
      });

    test.each(golden.keys)("the storage key $title", ({ pallet, item: name, keys, hex }) => {
      const found = item(pallet, name);
      const key = storageKey(real().types, found, keys);
      expect(toHex(key)).toBe(hex);
      expect(keysOf(found, key).map(String)).toEqual(keys.map(String));
    });

    test.each(golden.calls)("the call $title", async ({ call, hex }) => {
      const { bytes } = await sign(call);
      expect(bytes.endsWith(hex.slice(2))).toBe(true);
    });

    test("a commitment longer than 128 bytes goes as BigRaw", async () => {
      const info = { fields: [{ BigRaw: new Uint8Array(200) }] };
      const { bytes } = await sign({
        pallet: "Commitments",
        name: "set_commitment",
        args: { netuid: 7, info },
      });
      expect(bytes.endsWith(`1200070004882103${"00".repeat(200)}`)).toBe(true);
    });

    test("an extrinsic has the layout, the era and a signature that verifies", async () => {
      const call = golden.calls.find(({ title }) => title.startsWith("set_weights"));
      if (call === undefined) throw new Error("no vector");
      const { bytes, hash } = await sign(call.call);
      const raw = fromHex(bytes);
      expect(hash).toBe(toHex(blake2b(raw, { dkLen: 32 })));
      // length (2 bytes) 84 00 key 01 signature era nonce tip mode call
      expect(toHex(raw.subarray(2, 4))).toBe("0x8400");
      expect(raw.subarray(4, 36)).toEqual(alice.publicKey);
      expect(raw[36]).toBe(1);
      const rest = raw.subarray(101);
      expect(toHex(rest)).toBe(`0x8502140000${call.hex.slice(2)}`);
      const payload = fromHex(
        `${call.hex}8502140000a801000001000000${genesis.slice(2).repeat(2)}00`,
      );
      expect(verifySr25519(alice.publicKey, payload, raw.subarray(37, 101))).toBe(true);
    });

    test("an extrinsic decodes to its signer and call", () => {
      const { signer, call } = real().extrinsic(fromHex(golden.extrinsic));
      expect(signer).toBe(String(alice));
      expect(call).toEqual({
        kind: "SubtensorModule",
        value: {
          kind: "set_weights",
          value: { netuid: 7, dests: [0], weights: [65535], version_key: 0n },
        },
      });
    });

    test("stored values decode to plain data", () => {
      const value = (pallet: string, name: string, hex: string) =>
        storedValue(item(pallet, name), fromHex(hex));
      expect(value("SubtensorModule", "Axons", golden.values.axon)).toMatchObject({
        block: 5n,
        ip: 134_744_072n,
        port: 8091,
        ip_type: 4,
      });
      expect(value("SubtensorModule", "LastUpdate", golden.values.lastUpdate)).toEqual([
        1n,
        2n,
        3n,
      ]);
      expect(value("Commitments", "CommitmentOf", golden.values.commitment)).toEqual({
        deposit: 0n,
        block: 3,
        info: { fields: [{ kind: "Raw5", value: new TextEncoder().encode("hello") }] },
      });
      expect(value("Drand", "Pulses", golden.values.pulse)).toMatchObject({ round: 1000n });
      expect(value("System", "Account", golden.values.account)).toMatchObject({
        nonce: 3,
        data: { free: 10n ** 15n },
      });
    });

    test("a missing value is the default, or nothing when there is none", () => {
      expect(storedValue(item("SubtensorModule", "Tempo"), undefined)).toBe(360);
      expect(storedValue(item("SubtensorModule", "Uids"), undefined)).toBeUndefined();
    });

    test("an error is found by its place in the runtime", () => {
      expect(real().moduleError(7, 29)).toMatchObject({ name: "SettingWeightsTooFast" });
      expect(real().moduleError(7, 250)).toBeUndefined();
    });

    test("arguments that do not fit the call are named before anything is signed", async () => {
      const args = { netuid: 7, dests: [0], weights: [1] };
      const call = { pallet: "SubtensorModule", name: "set_weights", args };
      await expect(sign(call)).rejects.toMatchObject({
        code: "CALL_UNENCODABLE",
        context: { missing: ["version_key"] },
      });
      await expect(sign({ ...call, name: "faucet_please" })).rejects.toMatchObject({
        code: "RUNTIME_UNSUPPORTED",
      });
      const tooLarge = { ...args, netuid: 70_000, version_key: 0n };
      await expect(sign({ ...call, args: tooLarge })).rejects.toMatchObject({
        code: "CALL_UNENCODABLE",
      });
    });
  },
);

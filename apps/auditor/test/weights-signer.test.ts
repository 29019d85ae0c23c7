import { inspect } from "node:util";
import { keypairFromSeed } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { openWeightsSigner, SetWeightsSection } from "../src/weights/index.ts";

const seed = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);
const address = (of: Uint8Array) => hotkeyOf(keypairFromSeed(of).publicKey);

async function open(yaml: Record<string, unknown>, env: Record<string, string> = {}) {
  const warnings: string[] = [];
  const section = SetWeightsSection.parse(yaml);
  const onWarning = ({ message }: { readonly message: string }) => warnings.push(message);
  const sources = { wallet: {}, section, env: { HOME: "/nonexistent", ...env }, onWarning };
  const pair = await openWeightsSigner(sources);
  return { hotkey: hotkeyOf(pair.publicKey), warnings, section };
}

describe("the key that sets weights", () => {
  test("is taken from the keys that configurations have always had, with a loud warning", async () => {
    const yaml = { enabled: true, ss58_address: address(seed), secret_seed: toHex(seed) };
    const { hotkey, warnings } = await open(yaml);
    expect(hotkey).toBe(address(seed));
    expect(warnings).toEqual([expect.stringContaining("delete the seed from the file")]);
    expect(warnings.join()).not.toContain(toHex(seed).slice(2));
  });

  test("is also taken without 0x", async () => {
    expect((await open({ secret_seed: toHex(seed).slice(2) })).hotkey).toBe(address(seed));
  });

  test("is the environment's before the file's, and the file's is still warned of", async () => {
    const { hotkey, warnings } = await open(
      { secret_seed: toHex(seed) },
      { BT_HOTKEY_SEED: toHex(other) },
    );
    expect(hotkey).toBe(address(other));
    expect(warnings).toHaveLength(1);
  });

  test("never prints with its section", async () => {
    const { section } = await open({ secret_seed: toHex(seed) });
    for (const text of [inspect(section), JSON.stringify(section), `${section.secret_seed}`])
      expect(text).not.toContain(toHex(seed).slice(2));
  });

  test("must be the address beside it", async () => {
    await expect(
      open({ ss58_address: address(other), secret_seed: toHex(seed) }),
    ).rejects.toMatchObject({ code: "WEIGHTS_KEY_INVALID" });
  });

  test("is asked for when there is none, and a wrong seed is not repeated in the message", async () => {
    await expect(open({})).rejects.toMatchObject({ code: "WEIGHTS_KEY_MISSING" });
    const error = await open({ secret_seed: "0xsecret-but-no-hex" }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "WEIGHTS_KEY_INVALID" });
    expect(inspect(error)).not.toContain("secret-but");
  });
});

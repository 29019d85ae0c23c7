import { inspect } from "node:util";
import {
  type Keypair,
  keypairFromCanonical,
  keypairFromMnemonic,
  keypairFromSeed,
  keypairFromUri,
  miniSecretFromMnemonic,
  verifyEd25519,
  verifySr25519,
} from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { getPublicKey, HDKD, secretFromSeed } from "@scure/sr25519";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Keypair as OpenKeypair } from "../src/keypair.ts";
import canonical from "./vectors/canonical-secret.json" with { type: "json" };
import ed25519Vectors from "./vectors/ed25519.json" with { type: "json" };
import miniSecrets from "./vectors/mini-secrets.json" with { type: "json" };
import uris from "./vectors/secret-uris.json" with { type: "json" };

const LEOPARD = "old leopard transfer rib spatial phone calm indicate online fire caution review";

describe("a secret URI", () => {
  test.each(uris)("$uri is $sr25519", ({ uri, sr25519 }) => {
    expect(toHex(keypairFromUri(uri).publicKey)).toBe(sr25519);
  });

  test.each(uris)("$uri is $ed25519 as ed25519, or nothing when a step is soft", (row) => {
    if (row.ed25519 === null) {
      expect(codeOf(() => keypairFromUri(row.uri, "ed25519"))).toBe("SECRET_URI_INVALID");
    } else {
      expect(toHex(keypairFromUri(row.uri, "ed25519").publicKey)).toBe(row.ed25519);
    }
  });

  test("without a phrase starts where the development phrase leads, again after a key was wiped", () => {
    const phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    for (const scheme of ["sr25519", "ed25519"] as const) {
      keypairFromUri("", scheme).wipe();
      const root = keypairFromUri("", scheme);
      expect(root.exportSecret()).toEqual(keypairFromMnemonic(phrase, scheme).exportSecret());
    }
  });

  test("takes a number above u64 for text, as sp-core does", () => {
    const digits = "18446744073709551616";
    const chainCode = new Uint8Array(32);
    chainCode.set([digits.length << 2, ...utf8ToBytes(digits)]);
    const root = secretFromSeed(fromHex(canonical.miniSecret));
    const child = getPublicKey(HDKD.secretHard(root, chainCode));
    expect(keypairFromUri(`${canonical.miniSecret}//${digits}`).publicKey).toEqual(child);
  });

  test("gives the same soft child each time, nonce included", () => {
    const [first, second] = [keypairFromUri("/soft"), keypairFromUri("/soft")];
    expect(first.exportSecret()).toEqual(second.exportSecret());
  });

  test.each(["//", "/", "//Alice/", "a-b", "//Alice//"])("is not %j", (uri) => {
    expect(codeOf(() => keypairFromUri(uri))).toBe("SECRET_URI_INVALID");
  });

  test.each(["bottom drive", "0x1234", "bottom drive obeyy//x", "0xzz"])(
    "needs a mnemonic or a seed, which %j is not",
    (uri) => {
      expect(codeOf(() => keypairFromUri(uri))).toBe("SECRET_INVALID");
    },
  );
});

describe("a mnemonic", () => {
  test.each(miniSecrets)("with password $password has the seed $miniSecret", (row) => {
    expect(toHex(miniSecretFromMnemonic(row.mnemonic, row.password))).toBe(row.miniSecret);
  });

  test("gives the address Bittensor wallets show", () => {
    const keypair = keypairFromMnemonic(LEOPARD);
    expect(String(keypair)).toBe("5HDvhV6WDCjCKyrXqGQSDYqQAzkzabNhctmiDYEqgBC66BsX");
  });

  test("may be surrounded and separated by any white space", () => {
    const spaced = `  ${LEOPARD.replaceAll(" ", "\n\t ")}\n`;
    expect(String(keypairFromMnemonic(spaced))).toBe(String(keypairFromMnemonic(LEOPARD)));
  });

  test("is refused when a word or the checksum is wrong", () => {
    expect(codeOf(() => keypairFromMnemonic(LEOPARD.replace("old", "olde")))).toBe(
      "SECRET_INVALID",
    );
    expect(codeOf(() => keypairFromMnemonic(LEOPARD.replace("old", "zoo")))).toBe("SECRET_INVALID");
  });
});

describe("the canonical secret of a keyfile", () => {
  test("signs for the key it was written with", () => {
    const keypair = keypairFromCanonical(fromHex(canonical.canonical));
    expect(toHex(keypair.publicKey)).toBe(canonical.publicKey);
    const message = Uint8Array.of(1);
    expect(verifySr25519(keypair.publicKey, message, keypair.sign(message))).toBe(true);
  });

  test("is what an sr25519 keypair exports", () => {
    const keypair = keypairFromSeed(fromHex(canonical.miniSecret));
    expect(toHex(keypair.exportSecret())).toBe(canonical.canonical);
    const anySeed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(anySeed, (seed) => {
        const exported = keypairFromSeed(seed).exportSecret();
        expect(keypairFromCanonical(exported).exportSecret()).toEqual(exported);
      }),
      { numRuns: 20 },
    );
  });
});

describe("an ed25519 keypair", () => {
  test.each(ed25519Vectors)("signs $message as RFC 8032 does", (row) => {
    const keypair = keypairFromSeed(fromHex(row.seed), "ed25519");
    expect(toHex(keypair.publicKey)).toBe(row.publicKey);
    expect(toHex(keypair.sign(fromHex(row.message)))).toBe(row.signature);
    expect(toHex(keypair.exportSecret())).toBe(row.seed);
  });
});

describe("signing", () => {
  test("is deterministic, unless randomness is given", () => {
    const keypair = keypairFromUri("//Alice");
    const message = Uint8Array.of(1, 2);
    const hedged = keypair.sign(message, new Uint8Array(32).fill(1));
    expect(keypair.sign(message)).toEqual(keypair.sign(message));
    expect(hedged).not.toEqual(keypair.sign(message));
    expect(verifySr25519(keypair.publicKey, message, hedged)).toBe(true);
  });

  test("does not repeat a nonce for another message", () => {
    const keypair = keypairFromUri("//Alice");
    const nonce = (message: number) => toHex(keypair.sign(Uint8Array.of(message)).subarray(0, 32));
    expect(nonce(1)).not.toBe(nonce(2));
  });

  test("ends when the keypair is wiped, which leaves the caller's seed alone", () => {
    const secret = Buffer.alloc(32, 3);
    for (const scheme of ["sr25519", "ed25519"] as const) {
      const keypair = keypairFromSeed(secret, scheme);
      keypair.wipe();
      keypair.wipe();
      expect(codeOf(() => keypair.sign(Uint8Array.of(1)))).toBe("KEYPAIR_WIPED");
      expect(codeOf(() => keypair.exportSecret())).toBe("KEYPAIR_WIPED");
    }
    expect(secret).toEqual(Buffer.alloc(32, 3));
  });
});

test("wiping overwrites the very bytes the keypair held", () => {
  const secret = fromHex(canonical.expanded);
  new OpenKeypair("sr25519", secret).wipe();
  expect(secret).toEqual(new Uint8Array(64));
});

describe("a secret", () => {
  const seed = new Uint8Array(32).fill(0xab);
  const shown = (keypair: Keypair) => [
    String(keypair),
    `${keypair}`,
    JSON.stringify({ keypair }),
    inspect(keypair, { showHidden: true, depth: 9 }),
    inspect(
      { keypair },
      { customInspect: false, showHidden: true, depth: 9, maxArrayLength: null },
    ),
    JSON.stringify(Object.entries(keypair)),
  ];

  test.each(["sr25519", "ed25519"] as const)("of an %s keypair shows nowhere", (scheme) => {
    const keypair = keypairFromSeed(seed, scheme);
    const exported = keypair.exportSecret();
    const traces = [toHex(exported).slice(2, 34), [...exported.slice(0, 8)].join(","), "abababab"];
    for (const text of shown(keypair)) {
      for (const trace of traces) {
        expect(text.replaceAll(/\s/g, "")).not.toContain(trace);
      }
    }
    expect(String(keypair)).toBe(JSON.parse(JSON.stringify(keypair)));
    expect(inspect(keypair)).toBe(`Keypair(${scheme} ${keypair})`);
  });

  test.each([
    ["a URI", () => keypairFromUri("leopard-secret//x")],
    ["a URI with an unknown word", () => keypairFromUri("leopard leopard leopards")],
    ["a mnemonic", () => keypairFromMnemonic("leopard leopards secret")],
    ["a seed", () => keypairFromUri("0xleopard")],
  ])("given as %s does not appear in the error or its cause", (_, action) => {
    try {
      action();
      expect.unreachable();
    } catch (error) {
      expect(inspect(error, { showHidden: true, depth: 9 }).split("\n    at ")[0]).not.toContain(
        "leopard",
      );
      expect(error).not.toHaveProperty("cause");
    }
  });
});

test("a seed or secret of the wrong length is refused", () => {
  expect(codeOf(() => keypairFromSeed(new Uint8Array(31)))).toBe("SECRET_INVALID");
  expect(codeOf(() => keypairFromSeed(new Uint8Array(33), "ed25519"))).toBe("SECRET_INVALID");
  expect(codeOf(() => keypairFromCanonical(new Uint8Array(63).fill(1)))).toBe("SECRET_INVALID");
});

test("both schemes tell their signatures apart", () => {
  const message = Uint8Array.of(1);
  const [sr, ed] = [keypairFromUri("//Alice"), keypairFromUri("//Alice", "ed25519")];
  expect(verifyEd25519(sr.publicKey, message, sr.sign(message))).toBe(false);
  expect(verifySr25519(ed.publicKey, message, ed.sign(message))).toBe(false);
});

import type { BlobRange, Vault } from "../vault.ts";
import { type ContractCheck, expectSame } from "./check.ts";

export type { ContractCheck } from "./check.ts";

/** What a check needs of the adapter it is run against. */
export interface VaultHarness {
  readonly vault: Vault;
  /** The same vault as after a restart of the process. */
  reopen(): Promise<Vault>;
  /** Bytes that the vault takes: all that was kept, and nothing that was given up. */
  usedBytes(): Promise<number>;
}

const never = new AbortController().signal;
const KIB = 1024;

/** The contract of `Vault`, for any test runner: give each check a harness of its own. */
export const vaultContract: readonly ContractCheck<VaultHarness>[] = [
  ...[0, 1, 4095, 65_536, 65_537, 3_000_001].map((size) => ({
    name: `${size} bytes come back as they were`,
    async run({ vault }: VaultHarness) {
      const bytes = patterned(size);
      const stored = await vault.put(pieces(bytes), { size, name: "a/b", signal: never });
      expectSame(stored.size, size, "size");
      expectSame(/^[\x21-\x7e]{1,512}$/.test(stored.id), true, "id");
      expectSame((await read(vault, stored.id)).equals(bytes), true, "bytes");
    },
  })),
  {
    name: "any range comes back, and nothing beside it",
    async run({ vault }) {
      const bytes = patterned(300 * KIB);
      const { id } = await vault.put(pieces(bytes), { name: "n", signal: never });
      for (const [offset, length] of [
        [0, 1],
        [0, 300 * KIB],
        [65_535, 2],
        [65_536, 65_536],
        [300 * KIB - 1, 1],
        [1000, 200_000],
      ] as const) {
        const found = await read(vault, id, { offset, length });
        expectSame(found.equals(bytes.subarray(offset, offset + length)), true, `range ${offset}`);
      }
    },
  },
  {
    name: "equal bodies are two blobs: removing one leaves the other",
    async run({ vault }) {
      const bytes = patterned(70_000);
      const options = { size: 70_000, name: "same", signal: never };
      const [one, two] = [
        await vault.put(pieces(bytes), options),
        await vault.put(pieces(bytes), options),
      ];
      expectSame(one.id === two.id, false, "ids are the same");
      await vault.remove(one.id, never);
      expectSame((await read(vault, two.id)).equals(bytes), true, "the other");
      await expectRejection(read(vault, one.id), "a removed blob");
    },
  },
  {
    name: "what is kept outlives the process",
    async run({ vault, reopen }) {
      const bytes = patterned(100_000);
      const { id } = await vault.put(pieces(bytes), { name: "n", signal: never });
      const again = await reopen();
      expectSame((await read(again, id)).equals(bytes), true, "bytes");
    },
  },
  {
    name: "a body that throws in the middle leaves nothing",
    async run({ vault, usedBytes }) {
      const before = await usedBytes();
      async function* broken() {
        yield patterned(200_000);
        throw new Error("the signature does not hold");
      }
      const put = vault.put(broken(), { size: 400_000, name: "n", signal: never });
      await expectRejection(put, "a broken body");
      expectSame(await usedBytes(), before, "bytes taken");
    },
  },
  {
    name: "a signal ends a put, which leaves nothing",
    async run({ vault, usedBytes }) {
      const before = await usedBytes();
      const stop = new AbortController();
      async function* endless() {
        for (;;) {
          yield patterned(50_000);
          stop.abort();
        }
      }
      await expectRejection(vault.put(endless(), { name: "n", signal: stop.signal }), "an abort");
      expectSame(await usedBytes(), before, "bytes taken");
    },
  },
  {
    name: "removing frees the place, and twice is no error",
    async run({ vault, usedBytes }) {
      const before = await usedBytes();
      const { id } = await vault.put(pieces(patterned(10_000)), { name: "n", signal: never });
      await vault.remove(id, never);
      await vault.remove(id, never);
      expectSame(await usedBytes(), before, "bytes taken");
    },
  },
  {
    name: "an id is a name and never a path",
    async run({ vault }) {
      for (const id of [
        "../../etc/passwd",
        "/etc/passwd",
        "",
        ".",
        "..",
        "a/../b",
        "\u0000",
        "x",
      ]) {
        await expectRejection(read(vault, id), `id ${JSON.stringify(id)}`);
        await vault.remove(id, never).catch(() => undefined);
      }
    },
  },
  {
    name: "names of blobs may be anything",
    async run({ vault }) {
      for (const name of ["../../x", "a\u0000b", "ü/\n", "x".repeat(2000)]) {
        const { id } = await vault.put(pieces(patterned(10)), { name, signal: never });
        expectSame((await read(vault, id)).length, 10, name);
      }
    },
  },
];

function patterned(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >>> 8) * 7) & 255;
  return bytes;
}

/** In uneven pieces, as networks give them. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  let length = 1;
  for (let at = 0; at < bytes.length; at += length) {
    length = Math.min((length * 3 + 1) % 100_003, bytes.length - at) || 1;
    yield bytes.subarray(at, at + length);
  }
}

async function read(vault: Vault, id: string, range: BlobRange | null = null): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const bytes of vault.get(id, range, never)) found.push(bytes);
  return Buffer.concat(found);
}

async function expectRejection(work: Promise<unknown>, what: string): Promise<void> {
  const result = await work.then(
    () => "answered",
    () => "rejected",
  );
  expectSame(result, "rejected", what);
}

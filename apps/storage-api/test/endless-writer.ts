// Stores blobs in a vault until it is killed, and tells of each, `id size`, once it is kept.
import { DirectoryVault } from "../src/index.ts";

const [directory = ""] = process.argv.slice(2);
const vault = await DirectoryVault.open({ directory, keepFreeBytes: 0 });

async function* filled(byte: number, pieces: number) {
  for (let at = 0; at < pieces; at += 1) yield Buffer.alloc(100_000, byte);
}

const { signal } = new AbortController();
for (let at = 1; ; at += 1) {
  const { id, size } = await vault.put(filled(at & 255, (at % 7) + 1), { name: "n", signal });
  process.stdout.write(`${id} ${size}\n`);
}

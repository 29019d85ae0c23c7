import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";

const ZERO = 48;

/** Changes one digit in the middle of a file that was hashed already. */
export function tamper(root: string, path: string): void {
  const name = join(root, "blobs", path);
  const file = openSync(name, "r+");
  try {
    const byte = Buffer.alloc(1);
    for (
      let at = Math.floor(statSync(name).size / 2);
      readSync(file, byte, 0, 1, at) === 1;
      at += 1
    ) {
      const digit = (byte[0] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) continue;
      writeSync(file, Buffer.of(ZERO + ((digit + 1) % 10)), 0, 1, at);
      return;
    }
  } finally {
    closeSync(file);
  }
}

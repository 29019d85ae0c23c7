import { writeAtomically } from "../../src/wallet/write-file.ts";

// Replaces one file by two contents in turn until it is killed.
const [path = "", ...digits] = process.argv.slice(2);
for (let turn = 0; ; turn++) {
  const content = (digits[turn % digits.length] ?? "").repeat(50_000);
  await writeAtomically(path, new TextEncoder().encode(content), { overwrite: true });
  if (turn === 0) process.stdout.write("writing\n");
}

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const PROGRAM = `
  import { registerHooks } from "node:module";
  const urls = [];
  registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context); } });
  await import(process.argv[1]);
  console.log(JSON.stringify(urls));
`;

function modulesOf(name: string): readonly string[] {
  const line = ["--conditions=neurond:source", "--input-type=module", "--eval", PROGRAM, name];
  const { stdout, stderr } = spawnSync(process.execPath, line, { cwd: import.meta.dirname });
  if (stdout.length === 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout));
}

test("wallets load nothing of the chain client, so that key commands stay quick", () => {
  const wallet = modulesOf(import.meta.resolve("../../src/wallet/index.ts"));
  expect(wallet.some((url) => url.includes("/wallet/nacl.ts"))).toBe(true);
  expect(wallet.filter((url) => /@polkadot[+/]|\/ws\//.test(url))).toEqual([]);
});

// Unmodified Python clients against our devnet and our servers: `npm run test:interop`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startDevnet } from "../src/index.ts";
import { type Environment, prepareEnvironment } from "./environment.ts";
import { show } from "./process.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = (file: string) => join(root, "packages", "devnet", "interop", file);
const folder = join(root, ".interop");
const resultFile = join(root, ".bootstrap", "results", "interop.json");
const NODE = [process.execPath, "--conditions=neurond:source"];

mkdirSync(dirname(resultFile), { recursive: true });
process.exitCode = await interop(await prepareEnvironment(folder, here("requirements.txt")));

async function interop(environment: Environment): Promise<number> {
  switch (environment.kind) {
    case "skipped":
      process.stdout.write(`interop skipped: ${environment.reason}\n`);
      writeFileSync(resultFile, JSON.stringify({ passed: 0, failed: 0, skipped: 1 }));
      return 0;
    case "failed":
      process.stderr.write(`${environment.log}\ninterop: the SDK cannot be installed, see above\n`);
      return 1;
    case "ready":
      return await runSteps(environment.python);
  }
}

async function runSteps(python: string): Promise<number> {
  const work = mkdtempSync(join(folder, "run-"));
  try {
    // The SDK seals to the real drand, whose pulses the steps write themselves.
    const options = { blockTimeMs: 250, preset: "upstream", beacon: false } as const;
    await using devnet = await startDevnet(options);
    const args = ["-B", here("main.py"), devnet.url, work, resultFile, ...NODE];
    return await show(python, args, root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

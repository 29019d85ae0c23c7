// `npm run bench -- <name> [--json]`. A missed target is shown, not an exit code: benches are not tests.
import { parseArgs } from "node:util";
import { BENCHES } from "./benches.ts";
import { formatTable } from "./report.ts";
import { runBench } from "./run-bench.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const parsed = parse(args);
  if (parsed === undefined) return refuse("use npm run bench -- <name> [--json]");
  const { name, json } = parsed;
  if (name === undefined) {
    console.log("npm run bench -- <name> [--json]\n");
    for (const [known, { summary }] of Object.entries(BENCHES))
      console.log(`  ${known}  ${summary}`);
    return 0;
  }
  const entry = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (!entry) return refuse(`there is no ${name}; use one of ${Object.keys(BENCHES).join(", ")}`);
  const progress = (metric: string) => process.stderr.write(`bench: ${metric}\n`);
  const report = await runBench(await entry.load(), progress);
  console.log(json ? JSON.stringify(report) : formatTable(report));
  return 0;
}

function parse(args: string[]): { name: string | undefined; json: boolean } | undefined {
  try {
    const options = { json: { type: "boolean", default: false } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { name: positionals[0], json: values.json };
  } catch {
    return undefined; // an unknown option
  }
}

function refuse(reason: string): number {
  console.error(`bench: ${reason}`);
  return 2;
}

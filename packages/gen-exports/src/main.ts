// `npm run gen-exports -- --out dir [...]`: a data set of exports, the same for the same options.
import { isCoded } from "@neurond/primitives";
import { parseOptions } from "./options.ts";
import { serveMain } from "./serve-main.ts";
import { generate } from "./write/generate.ts";

const [task, ...rest] = process.argv.slice(2);
process.exitCode = task === "serve" ? await serveMain(rest) : main(process.argv.slice(2));

function main(args: readonly string[]): number {
  try {
    const options = parseOptions(args);
    const started = performance.now();
    const { invocations, entries } = generate(options, (hour) => {
      if (hour % 24 === 0) process.stderr.write(`gen-exports: ${hour} of ${options.hours} hours\n`);
    });
    const seconds = (performance.now() - started) / 1_000;
    const speed = Math.round(invocations / seconds);
    process.stdout.write(
      `${options.out}: ${entries} entries, ${invocations} invocations, ${speed} rows/s\n`,
    );
    return 0;
  } catch (error) {
    if (!isCoded(error)) throw error;
    process.stderr.write(`gen-exports: ${error.code}: ${error.message}\n`);
    return 2;
  }
}

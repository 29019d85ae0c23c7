#!/usr/bin/env node
// Runs on any Node >= 20 and goes on under Node >= 24: in this process when it is one, else in the
// workspace's pinned Node. In a source tree the TypeScript itself is run, in a package its build.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const CONDITION = "neurond:source";
const source = new URL("../src/main.ts", import.meta.url);
const built = new URL("../dist/main.js", import.meta.url);
const hasSource = existsSync(source);
const name = basename(process.argv[1] ?? "").startsWith("ftcli") ? "ftcli" : "neurond";

if (Number.parseInt(process.versions.node, 10) >= 24) await runHere();
else await runUnderPinnedNode();

async function runHere() {
  nodeModule.enableCompileCache?.();
  // Files pass outside of the heap. Its young generation, left to itself, grows by some 60 MB with them,
  // and its old one until it holds as much that nobody needs as is in use.
  if (name === "ftcli" || process.argv[2] === "store") {
    setFlagsFromString("--semi-space-growth-factor=1");
    setFlagsFromString("--heap-growing-percent=10");
  }
  if (hasSource && !process.execArgv.includes(`--conditions=${CONDITION}`)) {
    nodeModule.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: [...context.conditions, CONDITION] }),
    });
  }
  const { main } = await import((hasSource ? source : built).href);
  await main();
}

async function runUnderPinnedNode() {
  const { spawn } = await import("node:child_process");
  const binary = process.platform === "win32" ? "node.exe" : "bin/node";
  const node = fileURLToPath(new URL(`../../../node_modules/node/${binary}`, import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `${name}: NODE_TOO_OLD: Node ${process.versions.node} is too old; install Node 24, or run "npm test" once in the source tree`,
    );
    process.exit(1);
  }
  const script = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // Control-C at a terminal reaches the child by itself; a second one would cut its ending short.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error(
      `${name}: NODE_UNUSABLE: the workspace's Node could not be started: ${error.message}`,
    );
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

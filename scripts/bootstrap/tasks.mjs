import { Failure } from "./failure.mjs";

const PROJECTS = ["unit", "integration", "e2e"];
const SOURCE = ["--conditions=neurond:source"]; // runs the TypeScript itself, no build needed

const types = { name: "types", args: ["node_modules/typescript/bin/tsc", "-b"] };
const lint = (...args) => ({
  name: "lint",
  args: ["node_modules/@biomejs/biome/bin/biome", "check", ...args],
});
const vitest = (name, ...args) => ({
  name,
  args: [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=.bootstrap/results/${name}.json`,
    ...args,
  ],
});
/** Without a project all of them, but for the kills, which take minutes and have a task of their own. */
const tests = (...args) => vitest("tests", ...args);
const source = (name, file, ...args) => ({ name, args: [...SOURCE, file, ...args] });

/** Settings to begin with, where there are none. */
const proxyExample = {
  name: "reverse-proxy-config",
  args: [
    "--eval",
    'fs.cpSync("config/reverse-proxy.json", "apps/reverse-proxy/config.json", { force: false })',
  ],
};

const TASKS = {
  test: ([project, ...args]) =>
    PROJECTS.includes(project)
      ? [tests("--project", project, ...args)]
      : [
          [types, lint(".")],
          tests("--project=!kills", ...(project === undefined ? [] : [project]), ...args),
        ],
  kills: (args) => [vitest("kills", "--project", "kills", ...args)],
  check: () => [[types, lint(".")]],
  format: (args) => [lint("--write", ...(args.length > 0 ? args : ["."]))],
  build: () => [types],
  "build-kernels": () => [source("build-kernels", "packages/kernels/scripts/build.ts")],
  interop: (args) => [source("interop", "packages/devnet/interop/run.ts", ...args)],
  bench: (args) => [source("bench", "--expose-gc", "packages/bench/src/main.ts", ...args)],
  "storage-soak": (args) => [
    types,
    { name: "storage-soak", args: ["packages/storage-client/soak/main.mjs", ...args] },
    source("storage-daemons-soak", "apps/cli/test/storage/soak.ts", ...args),
  ],
  "gen-exports": (args) => [source("gen-exports", "packages/gen-exports/src/main.ts", ...args)],
  auditor: (args) => [source("auditor", "apps/auditor/src/main.ts", ...args)],
  "reverse-proxy": (args) => [source("reverse-proxy", "apps/reverse-proxy/src/main.ts", ...args)],
  "reverse-proxy-setup": () => [proxyExample],
  "fuzz-proxy": (args) => [source("fuzz-proxy", "apps/reverse-proxy/test/fuzz/main.ts", ...args)],
  neurond: (args) => [source("neurond", "apps/cli/src/main.ts", ...args)],
  localnet: (args) => [source("localnet", "apps/cli/src/main.ts", "localnet", ...args)],
};

/** The commands of a task, in order, some side by side; each is arguments for Node 24, relative to the checkout. */
export function stepsOf(task, args) {
  if (task !== undefined && Object.hasOwn(TASKS, task)) return TASKS[task](args);
  throw new Failure(
    "USAGE",
    `there is no task ${task ?? "(none given)"}; use one of ${Object.keys(TASKS).join(", ")}`,
  );
}

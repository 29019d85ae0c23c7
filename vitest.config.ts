import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Programs that tests start, hundreds of them, are compiled once; workers hand their environment on. */
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(
  new URL("node_modules/.cache/node-compile", import.meta.url),
);

/** Begun first, because a long one that begins last is waited for by an idle core. */
const LONG = [
  "apps/cli/test/localnet.e2e",
  "apps/cli/test/ftcli.e2e",
  "packages/ingest/test/week.integration",
  "apps/validator/test/durability.integration",
  "apps/validator/test/consensus.integration",
  "apps/storage-api/test/network.integration",
  "apps/validator/test/process.integration",
  "apps/auditor/test/weights.integration",
  "packages/store/test/embedded.integration",
  "packages/chain/test/wallet/encryption",
  "packages/ingest/test/faults",
];

/** A clean clone knows nothing of earlier runs, by which the order would be that of their length. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((path) => moduleId.includes(path));
      return at < 0 ? LONG.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** One more than there are cores: these wait for blocks, repairs and databases a third of their time. */
const WAITING_WORKERS = 3;

/** What is looked for again and again comes when the machine gets to it, not within the usual second. */
const patient = { poll: { timeout: 20_000 } };

const source = { ssr: { resolve: { conditions: ["neurond:source"] } } };
const tests = (suffix: string) => [`{packages,apps}/*/test/**/*${suffix}`];

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        ...source,
        test: {
          name: "unit",
          // Pure code for the most part: modules are evaluated once per worker, not once per file.
          isolate: false,
          maxWorkers: 2,
          expect: patient,
          // Properties take as long as they take on a machine that does other things too.
          testTimeout: 30_000,
          include: tests(".test.ts"),
          exclude: [".integration.test.ts", ".e2e.test.ts", ".kills.test.ts"].flatMap(tests),
        },
      },
      {
        ...source,
        test: {
          name: "integration",
          include: tests(".integration.test.ts"),
          // Whoever talks to a chain loads modules for two seconds: once per worker, too.
          isolate: false,
          // After the pure tests, which need both cores and say soonest what is wrong.
          maxWorkers: WAITING_WORKERS,
          sequence: { groupOrder: 1 },
          expect: patient,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...source,
        test: {
          name: "e2e",
          // Among the integration tests: the longest of all waits for blocks for two minutes.
          sequence: { groupOrder: 1 },
          include: tests(".e2e.test.ts"),
          maxWorkers: WAITING_WORKERS,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        ...source,
        // Minutes of killing processes: `npm run test:kills`, never among the others.
        test: {
          name: "kills",
          include: tests(".kills.test.ts"),
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

import { defineConfig } from "vitest/config";

const source = { ssr: { resolve: { conditions: ["neurond:source"] } } };
const tests = (suffix: string) => [`{packages,apps}/*/test/**/*${suffix}`];

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        test: {
          name: "unit",
          // Pure code for the most part: modules are evaluated once per worker, not once per file.
          isolate: false,
          maxWorkers: 2,
          include: tests(".test.ts"),
          exclude: [".integration.test.ts", ".e2e.test.ts", ".kills.test.ts"].flatMap(tests),
        },
      },
      {
        ...source,
        test: {
          name: "integration",
          include: tests(".integration.test.ts"),
          // Much of it is waiting for databases, sockets and blocks; the pure tests go first.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          name: "e2e",
          sequence: { groupOrder: 2 },
          include: tests(".e2e.test.ts"),
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...source,
        // Minutes of killing processes: `npm run test:kills`, never among the others.
        test: {
          name: "kills",
          include: tests(".kills.test.ts"),
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});

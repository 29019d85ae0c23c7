import type { ReplayStore } from "./replay.ts";

/** What a check needs of the adapter it is run against. */
export interface ReplayHarness {
  /** An empty store that keeps keys for about half a second to two seconds. */
  readonly store: ReplayStore;
  /** A second handle on the same memory: another process, where the adapter is shared by several. */
  readonly peer: ReplayStore;
  /** Lets time pass, as the store sees it. */
  elapse(milliseconds: number): Promise<void>;
}

/** One sentence every replay store keeps; `run` rejects where it is broken. */
export interface ContractCheck {
  readonly name: string;
  run(harness: ReplayHarness): Promise<void>;
}

/** Slack for an adapter that expires by a clock of its own. */
const LATE_MS = 250;

/** The contract of `ReplayStore`, for any test runner: give each check a harness of its own. */
export const replayContract: readonly ContractCheck[] = [
  {
    name: "a key is new once",
    async run({ store }) {
      await expectNew(store, ["a"]);
      await expectKnown(store, ["a"]);
      await expectKnown(store, ["a"]);
    },
  },
  {
    name: "keys are compared whole and exactly",
    async run({ store }) {
      await expectNew(store, ["auth:1:ab:e:1"]);
      for (const other of ["auth:1:ab:e:", "auth:1:ab:e:11", "auth:1:AB:e:1", "auth:1:ab:b:1"]) {
        await expectNew(store, [other]);
      }
    },
  },
  {
    name: "a set holding one known key is refused and leaves the others new",
    async run({ store }) {
      await expectNew(store, ["b"]);
      await expectKnown(store, ["a", "b", "c"]);
      await expectNew(store, ["a", "c"]);
    },
  },
  {
    name: "a key named twice in one set is new",
    async run({ store }) {
      await expectNew(store, ["a", "a"]);
      await expectKnown(store, ["a"]);
    },
  },
  {
    name: "of fifty at once exactly one is new",
    async run({ store, peer }) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 === 0 ? store : peer).rememberIfNew(["a", "b"]),
        ),
      );
      const passed = answers.filter((isNew) => isNew).length;
      if (passed !== 1) throw new Error(`${passed} of 50 concurrent requests passed instead of 1`);
    },
  },
  {
    name: "of overlapping sets at once one is remembered whole and the other not at all",
    async run({ store, peer }) {
      const [left, right] = await Promise.all([
        store.rememberIfNew(["a", "shared"]),
        peer.rememberIfNew(["shared", "b"]),
      ]);
      if (left === right) throw new Error(`both sets were answered ${left}`);
      await expectKnown(store, [left ? "a" : "b"]);
      await expectNew(store, [left ? "b" : "a"]);
    },
  },
  {
    name: "what one handle remembers the other knows",
    async run({ store, peer }) {
      await expectNew(store, ["a"]);
      await expectKnown(peer, ["a"]);
      await expectNew(peer, ["b"]);
      await expectKnown(store, ["b"]);
    },
  },
  {
    name: "a key stays known until its retention ends, however often it is asked for",
    async run({ store, elapse }) {
      await expectNew(store, ["a"]);
      await elapse(store.retentionMs / 2);
      await expectKnown(store, ["a"]);
      await elapse(store.retentionMs / 4);
      await expectKnown(store, ["a"]);
    },
  },
  {
    name: "a key is forgotten after its retention",
    async run({ store, elapse }) {
      await expectNew(store, ["a", "b"]);
      await elapse(store.retentionMs + LATE_MS);
      await expectNew(store, ["b"]);
      await expectNew(store, ["a"]);
    },
  },
];

type Keys = readonly [string, ...string[]];

async function expectNew(store: ReplayStore, keys: Keys): Promise<void> {
  if (!(await store.rememberIfNew(keys))) throw new Error(`${keys.join(", ")} should be new`);
}

async function expectKnown(store: ReplayStore, keys: Keys): Promise<void> {
  if (await store.rememberIfNew(keys)) throw new Error(`${keys.join(", ")} should be known`);
}

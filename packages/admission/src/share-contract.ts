import type { SubnetShare } from "./subnet-share.ts";

/** What a check needs of the adapter it is run against. */
export interface ShareHarness {
  /** Two processes with one empty memory between them. */
  readonly one: SubnetShare;
  readonly other: SubnetShare;
  /** Lets time pass, as the share sees it. */
  elapse(milliseconds: number): Promise<void>;
}

/** One sentence every share keeps; `run` rejects where it is broken. */
export interface ShareCheck {
  readonly name: string;
  run(harness: ShareHarness): Promise<void>;
}

const LEASE_MS = 300;
const LATE_MS = 100;

/** The contract of `SubnetShare`, for any test runner: give each check a harness of its own. */
export const shareContract: readonly ShareCheck[] = [
  {
    name: "one of two leads, and keeps the right and its token as long as it renews",
    async run({ one, other, elapse }) {
      const token = await lead(one);
      for (let round = 0; round < 3; round += 1) {
        await elapse(LEASE_MS / 2);
        if ((await one.lead(LEASE_MS)) !== token) throw new Error("a renewal changed the token");
        if ((await other.lead(LEASE_MS)) !== undefined) throw new Error("two lead at once");
      }
    },
  },
  {
    name: "of several at once one leads",
    async run({ one, other }) {
      const tokens = await Promise.all([one.lead(LEASE_MS), other.lead(LEASE_MS)]);
      const leading = tokens.filter((token) => token !== undefined).length;
      if (leading !== 1) throw new Error(`${leading} lead instead of 1`);
    },
  },
  {
    name: "another leads with a higher token once the lease has ended",
    async run({ one, other, elapse }) {
      const first = await lead(one);
      await elapse(LEASE_MS + LATE_MS);
      if ((await lead(other)) <= first) throw new Error("the token did not grow");
      if ((await one.lead(LEASE_MS)) !== undefined) throw new Error("two lead at once");
    },
  },
  {
    name: "a holder that lost its lease and gets it back has a higher token",
    async run({ one, elapse }) {
      const first = await lead(one);
      await elapse(LEASE_MS + LATE_MS);
      if ((await lead(one)) <= first) throw new Error("the token did not grow");
    },
  },
  {
    name: "who resigns is followed at once, and cannot resign for another",
    async run({ one, other }) {
      await lead(one);
      await other.resign();
      if ((await other.lead(LEASE_MS)) !== undefined) throw new Error("resigned for another");
      await one.resign();
      await lead(other);
    },
  },
  {
    name: "what was published all read",
    async run({ one, other }) {
      await expectLatest(other, undefined);
      const token = await lead(one);
      for (const text of ["first", "τ second"]) {
        if (!(await one.publish(token, text))) throw new Error(`${text} was not published`);
        await expectLatest(one, text);
        await expectLatest(other, text);
      }
    },
  },
  {
    name: "a holder that was asleep does not overwrite what a later one published",
    async run({ one, other, elapse }) {
      const early = await lead(one);
      await elapse(LEASE_MS + LATE_MS);
      const late = await lead(other);
      await other.publish(late, "late");
      if (await one.publish(early, "early")) throw new Error("the earlier holder was believed");
      await expectLatest(one, "late");
    },
  },
];

async function lead(share: SubnetShare): Promise<number> {
  const token = await share.lead(LEASE_MS);
  if (token === undefined) throw new Error("nobody else leads, yet the right was not given");
  return token;
}

async function expectLatest(share: SubnetShare, expected: string | undefined): Promise<void> {
  const found = await share.latest();
  if (found !== expected) throw new Error(`${found} was published instead of ${expected}`);
}

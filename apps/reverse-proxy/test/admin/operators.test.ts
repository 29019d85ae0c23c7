import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "@neurond/primitives";
import { Secret } from "@neurond/runtime";
import { rejectionCode } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AdminToken } from "../../src/admin/admin-token.ts";
import type { Ban, BanStore } from "../../src/admin/ban.ts";
import { BanList } from "../../src/admin/ban-list.ts";
import { copiedBans } from "../../src/admin/copied-bans.ts";
import { fileBans } from "../../src/admin/file-bans.ts";
import { TopRefusals } from "../../src/admin/top-refusals.ts";
import { Config } from "../../src/config/config.ts";
import { MINER, SENDER } from "../harness.ts";

const TOKEN = "a-token-of-sixteen-or-more";
const settings = (more: object) =>
  Config.safeParse({ auth: { miner_hotkey: [MINER], allowed_senders: [SENDER] }, ...more });

describe("the settings of what is for operators", () => {
  test.each(["admin", "extAuth"])(
    "%s listens where nobody else reaches it, or means it",
    (name) => {
      for (const listen of ["0.0.0.0:9092", "192.0.2.1:9092", "[::]:9092", "miner.example:9092"]) {
        expect(settings({ [name]: { listen } }).success).toBe(false);
        expect(settings({ [name]: { listen, remote: true } }).success).toBe(true);
      }
      for (const listen of ["127.0.0.1:9092", "[::1]:9092", "localhost:9092", "9092"])
        expect(settings({ [name]: { listen } }).success).toBe(true);
    },
  );

  test("a token that could be guessed is refused, and a gateway that is no address too", () => {
    expect(settings({ admin: { token: "x".repeat(15) } }).success).toBe(false);
    expect(settings({ admin: { token: TOKEN } }).success).toBe(true);
    for (const hop of ["gateway", "10.0.0.0/33", "10.0.0.0/8/8", ""])
      expect(settings({ extAuth: { trustedHops: [hop] } }).success).toBe(false);
  });
});

describe("who is refused most", () => {
  test("is found however many others there are, with a count that is never too high", () => {
    const caller = fc.integer({ min: 0, max: 4_000 });
    fc.assert(
      fc.property(fc.array(caller, { maxLength: 5_000 }), (strangers) => {
        const refusals = new TopRefusals();
        const often = 20;
        for (let at = 0; at < often; at += 1) refusals.add("often", "STALE", 0);
        for (const stranger of strangers) refusals.add(String(stranger), "STALE", 0);
        const found = refusals.top(2_000, 0).find((refused) => refused.caller === "often");
        // A thousandth of all, at most, is lost of each count.
        const least = often - strangers.length / 1_024;
        expect(found?.count ?? 0).toBeGreaterThanOrEqual(least);
        expect(found?.count ?? 0).toBeLessThanOrEqual(often);
      }),
      { numRuns: 30 },
    );
  });

  test("is forgotten after an hour", () => {
    const refusals = new TopRefusals();
    refusals.add("one", "STALE", 0);
    expect(refusals.top(10, 3_599_999)).toHaveLength(1);
    expect(refusals.top(10, 3_600_000)).toHaveLength(0);
  });
});

const banOf = (key: string, untilMs: number | null = null): Ban => ({
  key,
  reason: "",
  sinceMs: 0,
  untilMs,
});

describe("a list of bans", () => {
  test("that cannot be written down holds all the same, and says so", async () => {
    const store = fileBans("/dev/null/bans.json");
    const bans = new BanList({ store, now: () => 0 });
    expect(await rejectionCode(bans.ban(banOf("one")))).toBe("BANS_UNSAVED");
    expect(bans.has("one")).toBe(true);
  });

  test("is not made to forget a ban by what was read before it", async () => {
    const written = new Map<string, Ban>();
    const store: BanStore = {
      isShared: true,
      read: async () => [...written.values()],
      put: async (ban) => {
        await new Promise((resolve) => setImmediate(resolve));
        written.set(ban.key, ban);
      },
      remove: async (key) => {
        written.delete(key);
      },
    };
    const bans = new BanList({ store, now: () => 0 });
    await Promise.all([bans.refresh(), bans.ban(banOf("one")), bans.refresh()]);
    expect(bans.has("one")).toBe(true);
  });

  test("writes down later what it could not before, and holds it meanwhile", async () => {
    const written = new Map<string, Ban>();
    let isOut = true;
    const answer = async <Value>(value: () => Value): Promise<Value> => {
      if (isOut) throw new CodedError("BANS_UNSAVED", "out");
      return value();
    };
    const bans = new BanList({
      now: () => 0,
      store: {
        isShared: true,
        read: () => answer(() => [...written.values()]),
        put: (ban) => answer(() => void written.set(ban.key, ban)),
        remove: (key) => answer(() => void written.delete(key)),
      },
    });
    await rejectionCode(bans.ban(banOf("one")));
    expect(await rejectionCode(bans.refresh())).toBe("BANS_UNSAVED");
    expect(bans.has("one")).toBe(true);
    isOut = false;
    await bans.refresh();
    expect(bans.has("one")).toBe(true);
    expect([...written.keys()]).toEqual(["one"]);
  });

  test("is known to a proxy that starts while the others cannot be asked", async () => {
    const directory = await mkdtemp(join(tmpdir(), "neurond-bans-"));
    try {
      const path = join(directory, "bans.json");
      let isOut = false;
      let told = [banOf("one")];
      const shared: BanStore = {
        isShared: true,
        read: async () => {
          if (isOut) throw new CodedError("BANS_UNSAVED", "out");
          return told;
        },
        put: async () => undefined,
        remove: async () => undefined,
      };
      const open = () => new BanList({ store: copiedBans(shared, path), now: () => 0 });
      await open().refresh();
      isOut = true;
      const bans = open();
      await bans.refresh();
      expect(bans.has("one")).toBe(true);
      expect(await rejectionCode(bans.refresh())).toBe("BANS_UNSAVED");
      expect(bans.has("one")).toBe(true);
      isOut = false;
      told = [];
      await open().refresh();
      isOut = true;
      const lifted = open();
      await lifted.refresh();
      expect(lifted.has("one")).toBe(false);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test("keeps no file of what is over", async () => {
    const directory = await mkdtemp(join(tmpdir(), "neurond-bans-"));
    try {
      const path = join(directory, "bans.json");
      let now = 0;
      const bans = new BanList({ store: fileBans(path), now: () => now });
      await bans.ban(banOf("short", 10));
      now = 10;
      await bans.ban(banOf("long"));
      expect((await fileBans(path).read()).map(({ key }) => key)).toEqual(["long"]);
      expect(await readdir(directory)).toEqual(["bans.json"]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

test("a token that cannot be written down is not replaced", async () => {
  const token = await AdminToken.open("/dev/null/token.json", new Secret(TOKEN));
  expect(await rejectionCode(token.rotate())).toBe("TOKEN_UNSAVED");
  expect(token.matches(TOKEN)).toBe(true);
  expect(token.matches("")).toBe(false);
});

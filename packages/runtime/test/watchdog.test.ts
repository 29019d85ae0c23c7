import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Health, Watchdog } from "../src/index.ts";

describe("Watchdog", () => {
  it("makes the service unready before it calls it stalled, and well again when fed", async () => {
    const health = new Health();
    let now = 0;
    let stalled = "";
    using dog = new Watchdog({
      name: "blocks",
      warnMs: 100,
      limitMs: 1_000,
      health,
      onStalled: (error) => {
        stalled = error.code;
      },
      now: () => now,
    });
    now = 150;
    expect(health.ready()).toEqual({ ok: false, problems: { blocks: "no progress for 0 s" } });
    expect(health.live().ok).toBe(true);
    dog.fed();
    expect(health.ready().ok).toBe(true);
    now = 2_000;
    await sleep(300);
    expect(stalled).toBe("STALLED");
  });
});

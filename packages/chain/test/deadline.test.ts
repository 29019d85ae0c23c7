import { expect, test } from "vitest";
import { abortable, pause, withDeadline } from "../src/deadline.ts";

const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
const never = () => new Promise<never>(() => undefined);

test("work that never settles ends at its deadline, by name", async () => {
  await expect(withDeadline("reading", {}, 10, never)).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "reading: no result within 10 ms",
  });
});

test("the caller's own limit counts before the default", async () => {
  await expect(withDeadline("x", { timeoutMs: 5 }, 60_000, never)).rejects.toMatchObject({
    context: { timeoutMs: 5 },
  });
});

test("the caller's signal ends it with the caller's reason, also when it fired before", async () => {
  const controller = new AbortController();
  const waiting = withDeadline("x", { signal: controller.signal }, 60_000, never);
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await expect(
    withDeadline("x", { signal: controller.signal }, 60_000, async () => 1),
  ).rejects.toThrow("enough");
});

test("timers and listeners are gone when it returns", async () => {
  const before = timers();
  const controller = new AbortController();
  for (let round = 0; round < 50; round++) {
    await withDeadline("x", { signal: controller.signal }, 60_000, async () => round);
    await pause(0, controller.signal);
  }
  expect(timers()).toBeLessThanOrEqual(before);
});

test("a rejection that comes too late is nobody's unhandled rejection", async () => {
  const controller = new AbortController();
  controller.abort(new Error("first"));
  await expect(abortable(Promise.reject(new Error("late")), controller.signal)).rejects.toThrow(
    "first",
  );
});

import { expect, test } from "vitest";
import { World } from "./support/world.ts";

test("a validator that sees no new block ends with that as its error, to be restarted", async () => {
  await using world = await World.begin();
  const watchdog = { warnSeconds: 0.01, limitSeconds: 0.05 };
  const node = await world.start("//Validator1", { watchdog });
  const { signal } = new AbortController();
  await expect(node.started.run(signal)).rejects.toMatchObject({ code: "STALLED" });
});

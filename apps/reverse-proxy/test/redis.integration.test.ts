import { hasRedis } from "@neurond/testing";
import { expect, test } from "vitest";
import { signed } from "./harness.ts";
import { openPair, passedTwice, TARGET } from "./redis-pair.ts";

test.skipIf(!hasRedis)(
  "two proxies behind one Redis let a request in once between them (needs redis-server)",
  async () => {
    await using at = await openPair("local");
    const [left, right] = at.proxies;
    expect(await passedTwice(left, right, signed({ target: TARGET }))).toEqual([200, 401]);
  },
);

import { createLogger, Registry } from "@neurond/runtime";
import { connectRedis } from "@neurond/store/redis";
import { hasRedis, testRedis } from "@neurond/testing";
import { expect, test } from "vitest";
import { answerJob } from "../../src/parking/job-answer.ts";
import { createParkingMetrics } from "../../src/parking/metrics.ts";
import { Parking } from "../../src/parking/parking.ts";
import { redisStatusStore } from "../../src/parking/redis-status-store.ts";
import { PARKING_DEFAULTS } from "../../src/parking/settings.ts";
import type { StatusStore } from "../../src/parking/status-store.ts";
import { exchangeOf } from "../upstream/exchange.ts";

const log = createLogger("proxy", "fatal");
const { signal } = new AbortController();
const parkingOn = (store: StatusStore) =>
  new Parking(PARKING_DEFAULTS, { metrics: createParkingMetrics(new Registry()), log, store });

test.skipIf(!hasRedis)(
  "what became of a job can be asked of another proxy (needs redis-server)",
  async () => {
    await using server = await testRedis();
    await using connection = await connectRedis({ url: server.url, signal });
    const [one, other] = [0, 1].map(() => parkingOn(redisStatusStore(connection)));
    if (!one || !other) throw new Error("two proxies");
    const job = one.park(exchangeOf(), "job-1", 5);
    await one.handOver();
    const found = await other.find("127.0.0.1", "job-1");
    expect(found && JSON.parse(answerJob(found, "status").body.toString())).toMatchObject({
      status: "unknown",
      accepted: null,
    });
    job?.sink.start(200, ["content-type", "image/png"]);
    job?.sink.write(Buffer.from([0, 255, 10, 13]));
    job?.sink.end([]);
    await one.handOver();
    const ended = await other.find("127.0.0.1", "job-1");
    expect(ended && answerJob(ended, "result").body).toEqual(Buffer.from([0, 255, 10, 13]));
    expect(await other.find("10.0.0.1", "job-1")).toBeUndefined();

    const long = one.park(exchangeOf(), "job-1", 5);
    long?.sink.start(200, []);
    long?.sink.write(Buffer.alloc(2 << 20));
    long?.sink.end([]);
    await one.handOver();
    const known = await other.find("127.0.0.1", "job-1");
    expect([known?.body, known?.job.outcome]).toMatchObject([null, { sizeBytes: 2 << 20 }]);

    await server.kill();
    expect(await other.find("127.0.0.1", "job-1")).toBeUndefined();
    const here = await one.find("127.0.0.1", "job-1");
    expect(here?.body?.length).toBe(2 << 20);
    one.park(exchangeOf(), "job-2", 5);
    await one.handOver();
  },
);

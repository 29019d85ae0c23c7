import { createRegistry } from "@neurond/runtime";
import { expect, test } from "vitest";
import { ByteBudget } from "../src/body/budget.ts";
import { listenEdge } from "../src/edge/listen-edge.ts";
import type { EdgeEvent } from "../src/edge/settings.ts";
import { createParkingMetrics } from "../src/parking/metrics.ts";
import { Parking } from "../src/parking/parking.ts";
import { createPipeline } from "../src/pipeline.ts";
import type { Served } from "../src/served.ts";
import { logInto, openBackend, openProxy, send, settingsFor } from "./harness.ts";

test("a bug is answered with 500, told with its cause, counted, and ends one request only", async () => {
  await using backend = await openBackend();
  const settings = settingsFor(backend.url);
  const { proxy, lines } = await openProxy(settings);
  await using _ = proxy;
  const running = proxy.running();
  const bug = new Error("a bug");
  const served: Served[] = [];
  const events: EdgeEvent[] = [];
  const metrics = createParkingMetrics(createRegistry("fault"));
  const parking = new Parking(settings.config.jobs, { metrics, log: logInto(lines), store: null });
  let isBroken = true;
  const handle = createPipeline({
    running: () => ({
      ...running,
      before: [
        {
          name: "broken",
          judge: () => {
            if (isBroken) throw bug;
            return undefined;
          },
        },
      ],
    }),
    upstreams: proxy.upstreams,
    parking,
    budget: new ByteBudget(1_000_000),
    onServed: (one) => served.push(one),
  });
  await using edge = await listenEdge(settings.edge, handle, (event) => events.push(event));
  expect(await send(edge.url, "GET", "/status", {})).toMatchObject({
    status: 500,
    json: { detail: "Internal server error", code: "INTERNAL", requestId: expect.any(String) },
  });
  expect(events).toMatchObject([{ kind: "fault", error: bug }]);
  expect(served).toMatchObject([{ ending: { kind: "denied", denial: { policy: "fault" } } }]);
  isBroken = false;
  expect(await send(edge.url, "GET", "/status", {})).toMatchObject({ status: 200 });
});

import { toNetuid } from "@neurond/primitives";
import type { ProxyDeps } from "@neurond/reverse-proxy";
import { expect } from "vitest";
import { openBackend, openProxy, type Raw, settingsFor } from "./harness.ts";

export interface DoorOptions extends Partial<ProxyDeps> {
  /** What the backend answers; JSON unless told. */
  readonly answer?: Parameters<typeof openBackend>[0];
}

/** A proxy that runs, in front of a backend that keeps what it has seen. */
export async function openDoor(raw: Raw = {}, { answer, ...more }: DoorOptions = {}) {
  const backend = await openBackend(answer);
  const opened = await openProxy(settingsFor(backend.url, raw), more);
  const { proxy } = opened;
  const stop = new AbortController();
  const run = proxy.run(stop.signal);
  return {
    ...opened,
    backend,
    reload: (next: Raw) => proxy.reload(() => settingsFor(backend.url, next)),
    metrics: async () => (await fetch(`${proxy.metricsUrl}/metrics`)).text(),
    /** Waits until the validators of a subnet are known. */
    knows: (netuid: number) =>
      expect
        .poll(() => proxy.subnets.current(toNetuid(netuid)), { interval: 5, timeout: 5_000 })
        .toBeDefined(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await run;
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

import { RpcSocket } from "../../src/connection/rpc-socket.ts";
import { Runtimes } from "../../src/connection/runtimes.ts";
import { type State, stateAt } from "../../src/state.ts";

/** Runs a check on the best state of an endpoint, below the client. */
export async function onState<T>(url: string, check: (state: State) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(30_000);
  using socket = await RpcSocket.open(url, signal);
  return await check(await stateAt({ socket }, new Runtimes(), "best", signal));
}

/** One request, below the client. */
export async function request(url: string, method: string): Promise<unknown> {
  const signal = AbortSignal.timeout(5_000);
  using socket = await RpcSocket.open(url, signal);
  return await socket.request(method, [], signal);
}

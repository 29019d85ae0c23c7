import { type Chain, connectChain, connectOptions } from "@neurond/chain";
import type { Environment } from "@neurond/runtime";
import type { ReadSubnet } from "./subnets.ts";

/** Reads subnets from a chain that is connected to when first asked: a proxy without a policy needs none. */
export interface ChainReader extends AsyncDisposable {
  readonly read: ReadSubnet;
}

/** `place` is a websocket endpoint or the name of a network. */
export function chainReader(place: string, environment: Environment): ChainReader {
  const isEndpoint = /^wss?:/.test(place);
  const options = connectOptions(
    isEndpoint ? { endpoint: place } : { network: place },
    environment,
  );
  let connected: Promise<Chain> | undefined;
  const connection = (signal: AbortSignal) => {
    connected ??= connectChain(options, signal).catch((error: unknown) => {
      // The next pass tries again.
      connected = undefined;
      throw error;
    });
    return connected;
  };
  return {
    read: async (netuid, signal) => (await connection(signal)).metagraph({ netuid }, { signal }),
    async [Symbol.asyncDispose]() {
      const chain = await connected?.catch(() => undefined);
      await chain?.[Symbol.asyncDispose]();
    },
  };
}

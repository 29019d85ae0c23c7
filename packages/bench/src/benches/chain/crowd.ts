import { type Devnet, type DevnetOptions, startDevnet, syntheticNeurons } from "@neurond/devnet";

export const CROWD_NETUID = 2;

/** A chain with one subnet of so many neurons, 64 of them validators; blocks are made when asked. */
export async function crowdedDevnet(
  resources: AsyncDisposableStack,
  count: number,
  options: DevnetOptions & { readonly tempo: number },
): Promise<{ readonly devnet: Devnet; readonly neurons: ReturnType<typeof syntheticNeurons> }> {
  const neurons = syntheticNeurons({ count, validators: 64 });
  const [first] = neurons;
  if (first === undefined) throw new RangeError("a subnet without neurons");
  const { tempo, ...rest } = options;
  const owner = { hotkey: first.hotkey, coldkey: first.coldkey };
  const subnet = { netuid: CROWD_NETUID, owner, neurons, tempo };
  const devnet = await startDevnet({
    mode: "manual",
    preset: "empty",
    pruning: 8,
    seed: "bench",
    subnets: [subnet],
    ...rest,
  });
  return { devnet: resources.use(devnet), neurons };
}

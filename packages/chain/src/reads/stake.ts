import { type Coldkey, type Rao, toRao } from "@neurond/primitives";
import { asBigint, asRao, asRecord } from "../codec/value.ts";
import { chainError } from "../errors.ts";
import type { NeuronId } from "../neuron.ts";
import type { State } from "../state.ts";

/** Alpha (root: TAO) that one coldkey has behind a hotkey: its share of the hotkey's pool. */
export async function readStake(
  state: State,
  { hotkey, coldkey, netuid }: NeuronId & { readonly coldkey: Coldkey },
): Promise<Rao> {
  const sm = "SubtensorModule";
  const [pool, own, all, ownV1, allV1, beforeAlpha] = await state.many([
    [sm, "TotalHotkeyAlpha", hotkey, netuid],
    [sm, "AlphaV2", hotkey, coldkey, netuid],
    [sm, "TotalHotkeySharesV2", hotkey, netuid],
    [sm, "Alpha", hotkey, coldkey, netuid],
    [sm, "TotalHotkeyShares", hotkey, netuid],
    [sm, "Stake", hotkey, coldkey],
  ]);
  if (pool === undefined) {
    // Before subnet tokens there was one stake for all subnets.
    if (beforeAlpha !== undefined) return asRao(beforeAlpha);
    throw chainError("RUNTIME_UNSUPPORTED", "this runtime keeps stake in no form known here");
  }
  const share = shareOf(own, all, safeFloat) ?? shareOf(ownV1, allV1, fixedBits);
  if (share === undefined) return toRao(0n);
  return toRao((asBigint(pool) * share.part) / share.whole);
}

/** Alpha (root: TAO) behind a hotkey, of all coldkeys. */
export async function readHotkeyStake(state: State, { hotkey, netuid }: NeuronId): Promise<Rao> {
  const [alpha, beforeAlpha] = await state.many([
    ["SubtensorModule", "TotalHotkeyAlpha", hotkey, netuid],
    ["SubtensorModule", "TotalHotkeyStake", hotkey],
  ]);
  return asRao(alpha ?? beforeAlpha ?? 0n);
}

interface Share {
  readonly part: bigint;
  readonly whole: bigint;
}

/** Rows not yet migrated to the newer form are empty there: then the older form counts. */
function shareOf(
  own: unknown,
  all: unknown,
  read: (own: unknown, all: unknown) => Share,
): Share | undefined {
  if (own === undefined || all === undefined) return undefined;
  const share = read(own, all);
  return share.part > 0n && share.whole > 0n ? share : undefined;
}

/** mantissa · 10^exponent each; both brought to the smaller exponent. */
function safeFloat(own: unknown, all: unknown): Share {
  const [a, b] = [asRecord(own), asRecord(all)];
  const difference = asBigint(a["exponent"]) - asBigint(b["exponent"]);
  const up = 10n ** (difference < 0n ? -difference : difference);
  return {
    part: asBigint(a["mantissa"]) * (difference > 0n ? up : 1n),
    whole: asBigint(b["mantissa"]) * (difference < 0n ? up : 1n),
  };
}

function fixedBits(own: unknown, all: unknown): Share {
  return { part: asBigint(asRecord(own)["bits"]), whole: asBigint(asRecord(all)["bits"]) };
}

import type { Netuid } from "@neurond/primitives";
import { asBlockNumber, asBytes, asHotkey, asList, asRecord } from "../codec/value.ts";
import type { Commitment, RevealedCommitment } from "../commitment.ts";
import type { NeuronId } from "../neuron.ts";
import type { State } from "../state.ts";
import { fieldsOf } from "./commitment-fields.ts";
import { requireSubnet } from "./subnets.ts";

/** What one hotkey has committed. */
export async function readCommitment(state: State, id: NeuronId): Promise<Commitment | undefined> {
  const { netuid, hotkey } = id;
  const stored = await state.get("Commitments", "CommitmentOf", netuid, hotkey);
  if (stored !== undefined) return commitmentOf(id, stored);
  await requireSubnet(state, netuid);
  return undefined;
}

/** What all hotkeys of a subnet have committed, also those that lost their uid since. */
export async function readCommitments(
  state: State,
  netuid: Netuid,
): Promise<readonly Commitment[]> {
  const entries = await state.entries("Commitments", "CommitmentOf", netuid);
  if (entries.length === 0) await requireSubnet(state, netuid);
  return entries.map(({ keys, value }) =>
    commitmentOf({ netuid, hotkey: asHotkey(keys[1]) }, value),
  );
}

/** Plaintexts of timelocked commitments whose round has come. */
export async function readRevealedCommitments(
  state: State,
  netuid: Netuid,
): Promise<readonly RevealedCommitment[]> {
  if (!state.has("Commitments", "RevealedCommitments")) return [];
  const entries = await state.entries("Commitments", "RevealedCommitments", netuid);
  return entries.flatMap(({ keys, value }) =>
    asList(value).map((item) => {
      const [plaintext, block] = asList(item);
      return {
        hotkey: asHotkey(keys[1]),
        block: asBlockNumber(block),
        plaintext: asBytes(plaintext),
      };
    }),
  );
}

function commitmentOf({ netuid, hotkey }: NeuronId, stored: unknown): Commitment {
  const { block, info } = asRecord(stored);
  return { netuid, hotkey, block: asBlockNumber(block), fields: fieldsOf(info) };
}

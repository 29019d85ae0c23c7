import type { Chain, Commitment } from "@neurond/chain";
import type { Netuid } from "@neurond/primitives";
import {
  classifyCommitment,
  type EntryWarning,
  type RegistryEntry,
  warningsOf,
} from "@neurond/registry";
import type { ProbeResult } from "@neurond/registry/io";
import type { z } from "zod";
import type { Call } from "../../call.ts";
import { blockOf, netuidOf, withChain } from "../../chain.ts";
import { fetchOf, plainCheck } from "./reach.ts";
import type { EntriesShape, EntryShape } from "./schemas.ts";

/** Every commitment of a subnet as the registry sees it, with each endpoint asked once. */
export async function entriesOf(call: Call): Promise<z.infer<typeof EntriesShape>> {
  const netuid = netuidOf(call);
  const fetch = await fetchOf(call);
  const { network, block, commitments, uids } = await withChain(call, async (chain, { name }) => {
    return { network: name, ...(await readChain(call, chain, netuid)) };
  });
  const read = commitments.map((commitment) => {
    return { commitment, entry: classifyCommitment(commitment.fields) };
  });
  const { probeAll } = await import("@neurond/registry/io");
  const targets = read.flatMap(({ commitment: { hotkey }, entry }) =>
    entry.kind === "endpoint" ? [{ hotkey, endpoint: entry.endpoint }] : [],
  );
  const probing = probeAll(targets, { fetch, signal: call.signal });
  const results = await call.progress(`asking ${targets.length} endpoints`, probing);
  const checks = new Map(targets.map(({ hotkey }, at) => [hotkey, results[at]]));
  const { isPrivateAddress } = await import("@neurond/chain");
  const entries = read.map(({ commitment, entry }) => {
    const about = {
      uid: uids.get(commitment.hotkey) ?? null,
      check: checks.get(commitment.hotkey),
    };
    return { ...plainEntry(commitment, entry, about), warnings: namesOf(entry, isPrivateAddress) };
  });
  const parsed = entries.filter(({ kind }) => kind === "endpoint").length;
  const totals = {
    commitments: entries.length,
    parsed,
    invalid: entries.length - parsed,
    reachable: entries.filter(({ check }) => check?.valid).length,
  };
  return { network, netuid, block, totals, entries };
}

async function readChain(call: Call, chain: Chain, netuid: Netuid) {
  const head = await chain.head({ at: blockOf(call) });
  const [commitments, metagraph] = await Promise.all([
    chain.commitments(netuid, { at: head.hash }),
    chain.metagraph({ netuid }, { at: head.hash }),
  ]);
  const uids = new Map(metagraph.neurons.map(({ hotkey, uid }) => [hotkey, uid]));
  return { block: head.number, commitments, uids };
}

function plainEntry(
  { hotkey, block }: Commitment,
  entry: RegistryEntry,
  { uid, check }: { readonly uid: number | null; readonly check: ProbeResult | undefined },
): z.infer<typeof EntryShape> {
  const raw = entry.kind === "missing-data" ? null : entry.text;
  const endpoint = entry.kind === "endpoint" ? entry.endpoint : null;
  return {
    hotkey,
    uid,
    block,
    kind: entry.kind,
    raw,
    length: raw?.length ?? 0,
    address: endpoint?.address ?? null,
    port: endpoint?.port ?? null,
    warnings: [],
    check: check === undefined ? null : plainCheck(check),
    error: errorOf(entry),
  };
}

function namesOf(entry: RegistryEntry, isPrivateAddress: (ip: string) => boolean): EntryWarning[] {
  return entry.kind === "endpoint" ? [...warningsOf(entry, isPrivateAddress)] : [];
}

function errorOf(entry: RegistryEntry): z.infer<typeof EntryShape>["error"] {
  switch (entry.kind) {
    case "endpoint":
      return null;
    case "unparsable":
      return { type: entry.problem.code, message: entry.problem.message };
    case "legacy-model":
      return { type: "LegacyModel", message: "a model of the old LLM subnet" };
    case "foreign":
      return { type: "Foreign", message: "another subnet's format" };
    case "missing-data":
      return { type: "MissingData", message: "no raw field with text" };
  }
}

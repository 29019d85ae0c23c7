import { digestOf, parseRecordedCommitment, registrationOf } from "@neurond/exports";
import type { Witness } from "@neurond/ingest";
import { folderText } from "../source/folder-source.ts";
import { hexOf } from "./chain-witness.ts";
import { rowsField } from "./rows-field.ts";

/**
 * What a chain answered once, kept in a folder: an audit can be repeated without a chain, and proves as
 * much as whoever recorded the answers is believed.
 */
export async function recordedWitness(folder: string): Promise<Witness<AbortSignal>> {
  const lines = (await folderText(folder, "chain/commitments.jsonl")).split("\n");
  const records = lines.filter((line) => line.trim() !== "").map(parseRecordedCommitment);
  const byPlace = Map.groupBy(records, ({ block, hotkey }) => `${block} ${hotkey}`);
  const last = records.reduce((highest, { block }) => Math.max(highest, block), 0);
  return {
    finalized: async () => last,
    async signed(block, hotkey) {
      const own = byPlace.get(`${block} ${hotkey}`) ?? [];
      const bodies = own.filter(({ body }) => body !== null && body !== undefined);
      if (own.length > 0 && bodies.length === 0) {
        return { kind: "gone", detail: `no body of block ${block} was kept` };
      }
      const digests = bodies.map(({ body }) => hexOf(digestOf(body)));
      return { kind: "body", digests, blockTime: null, isConfirmed: false, isFollowed: false };
    },
    async stored(block, hotkey) {
      const own = byPlace.get(`${block} ${hotkey}`)?.at(-1);
      if (own === undefined) return { kind: "none" };
      if (own.storage === null || own.storage === undefined) {
        return { kind: "gone", detail: own.storage_error ?? "no answer was kept" };
      }
      const { block: set, digest } = registrationOf(own.storage);
      return { kind: "stored", block: set ?? block, digest: hexOf(digest) };
    },
    async rows(block, hotkey, digest) {
      const own = byPlace.get(`${block} ${hotkey}`) ?? [];
      const answers = own.flatMap(({ body, storage }) => [body, storage]);
      const answer = answers.find((one) => hexOf(digestOf(one)) === digest);
      if (answer !== undefined) return { kind: "rows", tree: rowsField(answer) };
      return { kind: "gone", detail: `no commitment to ${digest} in block ${block} was kept` };
    },
  };
}

import { describe, expect, it } from "vitest";
import { folderSource } from "../../io/index.ts";
import { type Finding, verdictOf } from "../../src/index.ts";
import { auditorOf, dataset, type World } from "../world.ts";
import { ownEntries, recommit, reportOf, rewrite, rewriteRows, unlist } from "./rewrite.ts";

const TINY = ["--hours", "4", "--miners", "4", "--chutes", "6", "--rate", "60", "--gen", "all"];
const signal = AbortSignal.timeout(120_000);
const KINDS = ["REPORT_CHAIN_BROKEN", "REPORT_REMOVED", "TREE_MISMATCH"];

/** What an audit says of chain and trees; every listed hour of the validator must be verified. */
async function continuityOf(world: World, tree: boolean | "sample" = true) {
  const { auditor } = await auditorOf(world, { settings: { tree, skipsMiners: true } });
  const { entries, fresh } = await auditor.pass(signal);
  expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
  return fresh.filter(({ kind }) => KINDS.includes(kind));
}

const said = (found: readonly Finding[]) =>
  found.map(({ kind, subject, entryId }) => ({ kind, subject, entryId }));

describe("the chain of reports", { timeout: 60_000 }, () => {
  it("shows an hour that was published once more after the next had named it", async () => {
    const world = dataset(...TINY);
    const named = reportOf(world, 1).sha256;
    const verified = rewrite(world, 1, (json) => Object.assign(json, { revision: 1 }));
    const next = reportOf(world, 2).entry.entry_id;
    const found = await continuityOf(world);
    expect(said(found)).toEqual([
      { kind: "REPORT_CHAIN_BROKEN", subject: world.validator, entryId: next },
    ]);
    expect(found[0]?.severity).toBe("critical");
    for (const evidence of [named, verified, reportOf(world, 1).entry.entry_id, next])
      expect(found[0]?.detail).toContain(evidence);
  });

  it("shows an hour that was taken out, with the digest that is missing", async () => {
    const world = dataset(...TINY);
    const { sha256 } = reportOf(world, 1);
    const next = reportOf(world, 2).entry.entry_id;
    unlist(world, 1);
    const found = await continuityOf(world);
    expect(said(found)).toEqual([
      { kind: "REPORT_REMOVED", subject: world.validator, entryId: next },
    ]);
    expect(found[0]?.detail).toContain(sha256);
  });

  it("shows who begins anew, and who no longer says what came before", async () => {
    const anew = dataset(...TINY);
    rewrite(anew, 3, ({ neurond }) =>
      Object.assign(neurond ?? {}, { sequence: 0, previous_sha256: null }),
    );
    expect((await continuityOf(anew)).map(({ kind }) => kind)).toEqual(["REPORT_CHAIN_BROKEN"]);
    const silent = dataset(...TINY);
    rewrite(silent, 3, (json) => {
      delete json.neurond;
    });
    expect((await continuityOf(silent)).map(({ kind }) => kind)).toEqual(["REPORT_CHAIN_BROKEN"]);
  });

  it("shows a report that leaves out the one before it, or counts wrongly", async () => {
    const skipping = dataset(...TINY);
    const { sha256, json } = reportOf(skipping, 1);
    const sequence = (json.neurond?.sequence ?? 0) + 1;
    rewrite(skipping, 3, ({ neurond }) =>
      Object.assign(neurond ?? {}, { previous_sha256: sha256, sequence }),
    );
    expect((await continuityOf(skipping)).map(({ kind }) => kind)).toEqual(["REPORT_CHAIN_BROKEN"]);
    const counting = dataset(...TINY);
    rewrite(counting, 3, ({ neurond }) => Object.assign(neurond ?? {}, { sequence: 9 }));
    expect((await continuityOf(counting)).map(({ kind }) => kind)).toEqual(["REPORT_CHAIN_BROKEN"]);
  });

  it("accuses nobody of what is before the window, or of an hour that has its own verdict", async () => {
    const world = dataset(...TINY);
    unlist(world, 0);
    expect(await continuityOf(world)).toEqual([]);
    const missing = dataset(...TINY, "--fault", "missing-commitment");
    const { auditor } = await auditorOf(missing);
    const { fresh } = await auditor.pass(signal);
    expect(fresh.map(({ kind }) => kind)).toContain("COMMITMENT_MISSING");
    expect(fresh.filter(({ kind }) => KINDS.includes(kind))).toEqual([]);
  });

  it("is not needed to see that a verified hour is no longer listed, unless it is the newest", async () => {
    const world = dataset(...TINY);
    const { auditor } = await auditorOf(world, { settings: { skipsMiners: true } });
    expect((await auditor.pass(signal)).fresh).toEqual([]);
    unlist(world, 3);
    expect((await auditor.pass(signal)).fresh).toEqual([]);
    const { entry_id: entryId } = reportOf(world, 1).entry;
    unlist(world, 1);
    expect(said((await auditor.pass(signal)).fresh)).toEqual([
      { kind: "REPORT_WITHDRAWN", subject: world.validator, entryId },
    ]);
  });

  it("holds for an hour that comes late, and says the same again to nobody", async () => {
    const world = dataset(...TINY);
    const [, second] = ownEntries(world);
    rewrite(world, 2, ({ neurond }) => Object.assign(neurond ?? {}, { sequence: 7 }));
    const folder = folderSource(world.folder);
    let hides = true;
    const source: typeof folder = {
      ...folder,
      async listing(given) {
        const listing = await folder.listing(given);
        const entries = listing.entries.filter(
          ({ end_time }) => !hides || end_time <= (second?.end_time ?? 0),
        );
        return { ...listing, entries };
      },
    };
    const { auditor } = await auditorOf(world, { source });
    expect((await auditor.pass(signal)).loaded).toBeGreaterThan(0);
    hides = false;
    const kinds = (await auditor.pass(signal)).fresh.map(({ kind }) => kind);
    // The third counts wrongly; and the fourth names the third as it was.
    expect(kinds).toEqual(["REPORT_CHAIN_BROKEN", "REPORT_CHAIN_BROKEN"]);
    expect((await auditor.pass(signal)).fresh).toEqual([]);
  });
});

describe("the tree of an hour", { timeout: 60_000 }, () => {
  const lessOne = (csv: string) => `${csv.trimEnd().split("\r\n").slice(0, -1).join("\r\n")}\r\n`;

  it("shows a row that is in the tree and not in the file", async () => {
    const world = dataset(...TINY);
    const { tree, entry } = treeOf(world, 3);
    rewriteRows(world, 3, lessOne);
    const found = await continuityOf(world);
    const subject = "report and rows";
    expect(said(found)).toEqual([{ kind: "TREE_MISMATCH", subject, entryId: entry.entry_id }]);
    expect(found[0]?.detail).toContain(tree.root);
    expect(found[0]?.detail).toContain(`its rows are ${tree.size - 1} rows`);
  });

  it("is not computed where the configuration says so", async () => {
    const world = dataset(...TINY);
    rewriteRows(world, 3, lessOne);
    expect(await continuityOf(world, false)).toEqual([]);
  });

  it("shows a row that stands there twice: then nothing is provably absent", async () => {
    const world = dataset(...TINY);
    rewriteRows(world, 3, (csv) => {
      const lines = csv.trimEnd().split("\r\n");
      return `${[...lines, lines.at(-1)].join("\r\n")}\r\n`;
    });
    const [found] = await continuityOf(world);
    expect(found?.kind).toBe("TREE_MISMATCH");
    expect(found?.detail).toContain("twice");
  });

  it("shows a commitment to another tree, and one to none", async () => {
    const other = dataset(...TINY);
    const { tree, entry } = treeOf(other, 2);
    const text = `neurond/rows/v1:${tree.size}:${"ab".repeat(32)}`;
    const hex = `0x${Buffer.from(text).toString("hex")}`;
    recommit(other, entry.block, ([digest]) => [digest ?? {}, { [`Raw${text.length}`]: hex }]);
    const found = await continuityOf(other);
    const subject = "report and commitment";
    expect(said(found)).toEqual([{ kind: "TREE_MISMATCH", subject, entryId: entry.entry_id }]);
    expect(found[0]?.detail).toContain("ab".repeat(32));
    const none = dataset(...TINY);
    recommit(none, reportOf(none, 2).entry.block, ([digest]) => [digest ?? {}]);
    const [missing] = await continuityOf(none);
    expect(missing?.detail).toContain("the commitment names no tree");
  });

  function treeOf(world: World, hour: number) {
    const { json, entry } = reportOf(world, hour);
    const tree = json.neurond?.invocation_tree;
    if (tree === undefined) throw new Error("the report states no tree");
    return { tree, entry };
  }
});

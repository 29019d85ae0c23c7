import { NEURONS, PROXIES, uidOf } from "../../src/commands/localnet/cast.ts";
import type { AuditView, FindingView, View } from "../../src/commands/localnet/view.ts";

/** Hotkey of a player, as far as these tests care. */
export const hotkeyOf = (name: string): string => `hotkey of ${name}`;

const HONEST = ["validator-1", "validator-2"].map(hotkeyOf);

/** An audit of a run in which everybody did what was due. */
export const CLEAN: AuditView = {
  isAgreed: true,
  exact: [...HONEST, hotkeyOf("validator-3")],
  compared: [...HONEST, hotkeyOf("validator-3")],
  weights: [],
};

/** The finding that the story is about. */
export const FORGED: FindingView = {
  code: "REPORT_FORGED",
  severity: "critical",
  runId: "run-4",
  validator: hotkeyOf("validator-3"),
  miner: hotkeyOf("miner-4"),
  summary: "reported 1000000, its own record says 0",
  evidence: "/localnet/data/auditor/evidence/run-4.json",
};

/** A localnet whose story ended well, with some things different. */
export function viewOf(changes: Partial<View> = {}): View {
  const players = (role: string) => NEURONS.filter((one) => one.role === role);
  return {
    url: "ws://127.0.0.1:9944",
    directory: "/localnet",
    blockTimeMs: 500,
    block: 147,
    run: { index: 6, phase: "opening", into: 3 },
    runs: [3, 4, 5].map((index) => ({
      id: `run-${index}`,
      index,
      phase: "agreed",
      audit: index < 5 ? CLEAN : null,
    })),
    miners: players("miner").map((player) => {
      const value = player.cheat === undefined ? 65_535 : 0;
      const scores = [value > 0 ? 1_000_000 : 0, null, 1_000_000];
      const { name } = player;
      const weights = [value, value, value];
      return {
        player,
        uid: uidOf(name) ?? -1,
        hotkey: hotkeyOf(name),
        scores,
        weights,
        incentive: 0,
      };
    }),
    validators: players("validator").map((player) => ({
      player,
      uid: uidOf(player.name) ?? -1,
      hotkey: hotkeyOf(player.name),
      stake: 400_000,
      commitment: { runId: "run-5", hash: "ab".repeat(32), block: 145 },
      revealed: "run-5",
      lastUpdate: 137,
    })),
    doors: PROXIES.map((player) => ({ player, served: 120, refused: 1 })),
    exported: players("validator").map(({ name, cheat }) => ({
      validator: name,
      runId: "run-4",
      rows: 5,
      verdict: cheat === undefined ? "agrees" : "differs",
      detail: `scores.${hotkeyOf("miner-4")} is 1000000, its rows come to 0`,
      counted: cheat === undefined ? "same" : "other",
    })),
    findings: [FORGED],
    file: { path: "/usr/share/doc", sizeBytes: 741_086, sha256: "e0", state: "returned" },
    objects: { count: 6, repaired: 5, state: "returned" },
    daemons: [{ name: "devnet", pid: 1, isReady: true, restarts: 0 }],
    ...changes,
  };
}

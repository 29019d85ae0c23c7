import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  exportRows,
  type GatewayOptions,
  type MockGateway,
  serveGateway,
} from "@neurond/gen-exports";
import { HOUR_US } from "@neurond/incentive";
import { checkedFetch } from "@neurond/registry/io";
import { builtInPrompts, KeyRing, MemorySynthetics, type SyntheticType } from "@neurond/synthetics";
import { ANSWER_LIMITS, type Probed, type RunDeps, Sender, Show } from "@neurond/synthetics/io";
import { loadEntry, openWarehouse, type Warehouse } from "@neurond/warehouse";

export const VALIDATOR = "5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ";
/** The middle of an hour. */
export const NOW_MS = Date.UTC(2025, 9, 15, 12, 30);
export const HOUR = Date.UTC(2025, 9, 15, 12) * 1_000;

/** A folder that goes away with the block. */
export function scratch(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "synthetics-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A gateway and an auditor who sends to it. */
export interface Scene extends AsyncDisposable {
  readonly gateway: MockGateway;
  readonly store: MemorySynthetics;
  readonly shown: string[];
  readonly warnings: unknown[];
  readonly failures: string[];
  /** Sends one request of a type. */
  readonly probe: (type: SyntheticType, changes?: Partial<RunDeps>) => Promise<Probed>;
  readonly deps: (types: readonly SyntheticType[], changes?: Partial<RunDeps>) => RunDeps;
}

export async function scene(directory: string, options: GatewayOptions = {}): Promise<Scene> {
  const gateway = await serveGateway({ now: () => NOW_MS, ...options });
  const store = new MemorySynthetics();
  const [shown, warnings, failures]: [string[], unknown[], string[]] = [[], [], []];
  const show = new Show({
    types: new Set([
      "chat",
      "completion",
      "image",
      "tts",
      "transcribe",
      "embed",
      "moderation",
      "rerank",
    ]),
    graphics: "auto",
    terminal: { isTTY: false, columns: 80, env: {} },
    write: (text) => shown.push(text),
    directory,
    keepFiles: 10,
    player: null,
    warn: (error) => warnings.push(error),
  });
  const deps = (types: readonly SyntheticType[], changes: Partial<RunDeps> = {}): RunDeps => ({
    fetch: checkedFetch({ allowPrivate: true }),
    url: gateway.url,
    choice: { types, endpoints: gateway.endpoints, prompts: builtInPrompts },
    keys: new KeyRing(["cpk_test"]),
    schedule: { kind: "fixed", intervalMs: 10 },
    blindShare: 0,
    limits: ANSWER_LIMITS,
    store,
    show,
    report: { probed: () => undefined, failed: ({ code }) => failures.push(code) },
    now: options.now ?? (() => NOW_MS),
    ...changes,
  });
  const signal = AbortSignal.timeout(20_000);
  return {
    gateway,
    store,
    shown,
    warnings,
    failures,
    deps,
    probe: (type, changes) => new Sender(deps([type], changes)).sendOne(signal),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** A warehouse with the hour of `at` and the one after it, as `change` leaves the gateway's rows. */
export async function exported(
  directory: string,
  { cast, rows }: MockGateway,
  change: (rows: MockGateway["rows"]) => MockGateway["rows"] = (all) => all,
  at: number = HOUR,
): Promise<Warehouse> {
  const first = Math.floor(at / HOUR_US) * HOUR_US;
  const warehouse = await openWarehouse({ directory: join(directory, "window") });
  const path = join(directory, "12.csv");
  exportRows(path, change(rows));
  const empty = join(directory, "13.csv");
  exportRows(empty, []);
  for (const [place, csv] of [path, empty].entries()) {
    const startTime = first + place * HOUR_US;
    await loadEntry(warehouse, {
      entry: {
        entryId: `86364812-0b02-5514-81a7-76ca4157429${place}`,
        kind: "validator",
        hotkey: VALIDATOR,
        block: 100 + place,
        startTime,
        endTime: startTime + HOUR_US,
      },
      invocations: { path: csv },
      instances: cast.instances.map(({ instanceId, chuteId, minerUid, minerHotkey }) => ({
        instanceId,
        chuteId,
        minerUid,
        minerHotkey,
        createdAt: first - HOUR_US,
        verifiedAt: first - HOUR_US,
        activatedAt: first - HOUR_US,
        deletedAt: null,
        deletionReason: null,
        billedTo: null,
        stopBillingAt: null,
        computeMultiplier: 1,
        bounty: false,
        validTermination: false,
      })),
    });
  }
  return warehouse;
}

import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { type EntryContent, HOUR_US } from "@neurond/warehouse";
import { Random, zipf } from "./random.ts";

/** Rows of a usual hour of the network in spring 2025. */
const ROWS_PER_HOUR = 30_000;
const WEEK_HOURS = 168;
const START_MS = Date.UTC(2025, 5, 1);
const HEADER =
  "parent_invocation_id,invocation_id,chute_id,chute_user_id,function_name,image_id,image_user_id," +
  "instance_id,miner_uid,miner_hotkey,started_at,completed_at,error_message,compute_multiplier,bounty,metrics\r\n";
const TRACE = `"Traceback (most recent call last):\n  File ""/app/util.py"", line 12, in call\n    raise ValueError('bad')\nValueError: bad, very ""bad"""`;

/** Exports of so many rows, an hour each; a full week once there are enough for usual hours. */
export async function writeWeek(directory: string, rows: number): Promise<readonly EntryContent[]> {
  const hours = Math.min(WEEK_HOURS, Math.max(2, Math.round(rows / ROWS_PER_HOUR)));
  const network = makeNetwork(new Random(64));
  const entries: EntryContent[] = [];
  let straddling: readonly string[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    const path = join(directory, `${hour}.csv`);
    const reports = join(directory, `${hour}-reports.csv`);
    const fresh = Math.round(rows / hours) - straddling.length;
    straddling = await writeHour({ path, reports, network, hour, fresh, straddling });
    const startTime = START_MS * 1_000 + hour * HOUR_US;
    entries.push({
      entry: {
        entryId: new Random(hour).uuid(),
        kind: "validator",
        hotkey: "5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ",
        block: 5_000_000 + hour * 300,
        startTime,
        endTime: startTime + HOUR_US,
      },
      invocations: { path },
      reports: { path: reports },
    });
  }
  return entries;
}

interface Chute {
  readonly ids: readonly string[];
  readonly template: "vllm" | "diffusion" | "other";
  readonly functionName: string;
  readonly isPrivate: boolean;
  readonly instances: readonly {
    readonly id: string;
    readonly uid: number;
    readonly hotkey: string;
  }[];
}

type Network = readonly Chute[];

function makeNetwork(random: Random): Network {
  const hotkeys = Array.from(
    { length: 40 },
    () => `5${random.uuid().replaceAll("-", "")}${random.bits()}`,
  );
  const miner = zipf(hotkeys.length, 0.9);
  return Array.from({ length: 120 }, (_, index) => ({
    ids: Array.from({ length: 4 }, () => random.uuid()),
    template: index % 20 < 10 ? "vllm" : index % 20 < 13 ? "diffusion" : "other",
    functionName: index % 20 < 10 ? "chat_stream" : index % 20 < 13 ? "generate" : "speak",
    isPrivate: index % 7 === 3,
    instances: Array.from({ length: random.whole(1, 20) }, () => {
      const at = miner(random);
      return { id: random.uuid(), uid: at + 2, hotkey: hotkeys[at] ?? "" };
    }),
  }));
}

interface HourPlan {
  readonly path: string;
  readonly reports: string;
  readonly network: Network;
  readonly hour: number;
  readonly fresh: number;
  /** Ended rows of calls which the hour before saw begin. */
  readonly straddling: readonly string[];
}

/** Writes one hour; answers with the rows that the next hour states again. */
async function writeHour(plan: HourPlan): Promise<readonly string[]> {
  const random = new Random(1_000 + plan.hour);
  const chuteAt = zipf(plan.network.length, 1.1);
  const out = Writable.toWeb(createWriteStream(plan.path)).getWriter();
  let text = HEADER + plan.straddling.join("");
  const again: string[] = [];
  const reported: string[] = [];
  for (let row = 0; row < plan.fresh; row += 1) {
    const chute = plan.network[chuteAt(random)];
    if (chute === undefined) continue;
    const startMs = START_MS + plan.hour * 3_600_000 + Math.floor((row / plan.fresh) * 3_600_000);
    const parent = random.uuid();
    const call = callOf(random, chute, parent, startMs);
    if (random.unit() < 0.0002) reported.push(parent);
    if (random.unit() < 0.005) {
      text += call(false);
      again.push(call(true));
    } else text += call(random.unit() > 0.01);
    if (text.length < 1 << 20) continue;
    await out.write(Buffer.from(text));
    text = "";
  }
  await out.write(Buffer.from(text));
  await out.close();
  await writeReports(plan, reported);
  return again;
}

async function writeReports(
  { reports, hour }: HourPlan,
  parents: readonly string[],
): Promise<void> {
  const out = Writable.toWeb(createWriteStream(reports)).getWriter();
  const filed = timeOf(START_MS + hour * 3_600_000 + 1_000);
  const lines = parents.map(
    (id, at) => `${id},,${filed}+00:00,${at % 2 ? `${filed}+00:00` : ""},,slow\r\n`,
  );
  const head = "invocation_id,user_id,timestamp,confirmed_at,confirmed_by,reason\r\n";
  await out.write(Buffer.from(head + lines.join("")));
  await out.close();
}

/** The line of one call, by whether it has ended. */
function callOf(random: Random, chute: Chute, parent: string, startMs: number) {
  const { ids, functionName, instances } = chute;
  const instance = instances[random.whole(0, instances.length - 1)];
  const id = random.uuid();
  const durationMs = random.between(50, 12_000);
  const isError = random.unit() < 0.04;
  const error = isError ? (random.unit() < 0.5 ? "RATE_LIMIT" : TRACE) : "";
  const multiplier = random.between(0.1, 60).toFixed(3);
  const bounty = random.unit() < 0.0002 ? 100 : 0;
  const metrics = isError ? "" : metricsOf(random, chute, durationMs / 1_000);
  return (hasEnded: boolean) =>
    `${parent},${id},${ids[0]},${ids[1]},${functionName},${ids[2]},${ids[3]},${instance?.id},` +
    `${instance?.uid},${instance?.hotkey},${timeOf(startMs)},${hasEnded ? timeOf(startMs + durationMs) : ""},` +
    `${hasEnded ? error : ""},${multiplier},${bounty},${hasEnded ? metrics : ""}\r\n`;
}

/** A Python dict, as upstream's exporter writes it. */
function metricsOf(random: Random, { template, isPrivate }: Chute, seconds: number): string {
  const p = isPrivate ? "True" : "False";
  if (template === "other") return random.unit() < 0.5 ? "{}" : `{'p': ${p}}`;
  if (template === "diffusion") {
    const steps = random.whole(5, 50);
    return `"{'p': ${p}, 'steps': ${steps}, 'masps': ${seconds / steps}}"`;
  }
  const [it, ot] = [random.whole(20, 30_000), random.whole(1, 8_000)];
  const [ptps, otps] = [random.between(500, 20_000), random.between(15, 200)];
  const ttft = random.unit() < 0.3 ? "None" : String(random.between(0.05, 5));
  const nc = random.unit() < 0.1 ? "" : `, 'nc': ${it / ptps + ot / otps}`;
  return `"{'p': ${p}, 'it': ${it}, 'ot': ${ot}, 'ttft': ${ttft}, 'tps': ${ot / seconds}, 'tokens': 0, \
'sps': 0.0, 'ct': 0, 'maspt': ${random.between(0.0005, 0.02)}, 'ptps': ${ptps}, 'otps': ${otps}${nc}}"`;
}

function timeOf(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}017`;
}

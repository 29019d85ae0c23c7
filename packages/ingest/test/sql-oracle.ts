import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CsvReader, exportsOf, parseValidatorReport, readMetrics } from "@neurond/exports";
import type { Database } from "@neurond/store";
import { sql } from "kysely";
import type { Profile } from "../src/index.ts";

/** Puts the rows of a data set into a database as they were published. Only the CSV dialect is read by ours. */
export async function loadRaw({ kysely }: Database, folder: string): Promise<void> {
  const reports: object[] = [];
  const rows: object[] = [];
  const directory = join(folder, "blobs/audit/validator");
  const [validator = ""] = readdirSync(directory);
  for (const name of readdirSync(join(directory, validator))) {
    const text = readFileSync(join(directory, validator, name), "utf8");
    const block = Number.parseInt(name, 10);
    reports.push({ block, body: JSON.parse(text) });
    for (const { table, path } of exportsOf(parseValidatorReport(text))) {
      const reader = new CsvReader();
      const bytes = readFileSync(join(folder, "blobs", path));
      for (const cells of [...reader.push(bytes), ...reader.end()]) {
        const body: Record<string, unknown> = Object.fromEntries(
          (reader.header ?? []).map((column, at) => [column, cells[at] || null]),
        );
        if (table === "invocations") body["metrics"] = readMetrics(String(body["metrics"] ?? ""));
        rows.push({ block, kind: table, body });
      }
    }
  }
  const feeds = ["gpu_count_history", "metagraph"].map((kind) => ({
    kind,
    body: JSON.parse(readFileSync(join(folder, "feeds", `${kind}.json`), "utf8")),
  }));
  const tables = [
    ["raw_reports", "block int, body jsonb", reports],
    ["raw_rows", "block int, kind text, body jsonb", rows],
    ["raw_feeds", "kind text, body jsonb", feeds],
  ] as const;
  for (const [name, columns, all] of tables) {
    const shape = sql.raw(columns);
    await sql`create table ${sql.table(name)}(${shape})`.execute(kysely);
    await sql`insert into ${sql.table(name)} select *
      from jsonb_to_recordset(${JSON.stringify(all)}::jsonb) as row(${shape})`.execute(kysely);
  }
}

/**
 * Final scores by plain SQL in doubles over the rows that were loaded: the rules once more, from the same
 * description, by another engine.
 */
export async function sqlScores(
  { kysely }: Database,
  asOf: string,
  profile: Profile,
): Promise<Readonly<Record<string, number>>> {
  const text = `${PRELUDE.replaceAll(":now", `timestamp '${asOf}'`)}, ${SCORES[profile]}, ${FINAL}`;
  const { rows } = await sql<{ hotkey: string; share: number }>`${sql.raw(text)}`.execute(kysely);
  return Object.fromEntries(rows.map(({ hotkey, share }) => [hotkey, Number(share)]));
}

const INSTANCE = `instance_id text, chute_id text, miner_hotkey text, created_at timestamp,
  activated_at timestamp, deleted_at timestamp, deletion_reason text, billed_to text,
  stop_billing_at timestamp, compute_multiplier float8, bounty bool, valid_termination bool`;

/** Whoever writes later states the newer truth; blocks of one validator are in the order of time. */
const PRELUDE = `
with stated as (select block, i.* from raw_reports,
    jsonb_to_recordset(body -> 'instance_audit') as i(${INSTANCE})),
latest as (select distinct on (instance_id) * from stated order by instance_id, block desc),
extremes as (select instance_id, min(activated_at) as first_activated, max(deleted_at) as last_deleted,
    max(stop_billing_at) as last_billed, max(billed_to) as payer from stated group by instance_id),
merged as (select instance_id, chute_id, miner_hotkey, first_activated as activated_at,
    last_deleted as deleted_at, deletion_reason, coalesce(billed_to, payer) as billed_to,
    last_billed as stop_billing_at, compute_multiplier from latest join extremes using (instance_id)),
history as (select distinct on (instance_id, started_at) h.* from raw_reports,
    jsonb_to_recordset(body -> 'compute_history') as h(instance_id text, compute_multiplier float8,
      started_at timestamp, ended_at timestamp) order by instance_id, started_at, block desc),
gpus as (select g.* from raw_feeds, jsonb_to_recordset(body) as g(chute_id text, gpu_count int)
    where kind = 'gpu_count_history'),
nodes as (select n.* from raw_feeds, jsonb_to_recordset(body) as
    n(hotkey text, coldkey text, blacklist_reason text) where kind = 'metagraph'),
newest as (select distinct on (body ->> 'invocation_id') body from raw_rows
    where kind = 'invocations' order by body ->> 'invocation_id', block desc),
confirmed as (select body ->> 'invocation_id' as id from raw_rows
    where kind = 'reports' and body ->> 'confirmed_at' is not null),
calls as (select body ->> 'miner_hotkey' as hotkey, (body ->> 'started_at')::timestamp as started,
    (body ->> 'completed_at')::timestamp as completed, body ->> 'error_message' is null as is_fine,
    coalesce((body ->> 'compute_multiplier')::float8, 0) as multiplier,
    coalesce((body ->> 'bounty')::float8, 0) as bounty, body -> 'metrics' as m,
    coalesce((body -> 'metrics' ->> 'p')::bool, false)
      and body ->> 'chute_id' <> '561e4875-254d-588f-a36f-57c9cdef8961' as is_private
  from newest where (body ->> 'miner_uid')::int >= 0
    and (body ->> 'started_at')::timestamp >= :now - interval '7 days'
    and (body ->> 'started_at')::timestamp < :now
    and body ->> 'parent_invocation_id' not in (select id from confirmed)),
worked as (select *, completed is not null and is_fine as is_success, case
    when (m ->> 'nc')::float8 > 0 then (m ->> 'nc')::float8
    when (m ->> 'steps')::float8 > 0 and m ->> 'masps' is not null
      then (m ->> 'steps')::float8 * (m ->> 'masps')::float8
    when (m ->> 'it')::float8 > 0 and (m ->> 'ot')::float8 > 0 and m ->> 'maspt' is not null
      then ((m ->> 'it')::float8 + (m ->> 'ot')::float8) * (m ->> 'maspt')::float8
    else coalesce(greatest(0, extract(epoch from completed - started)), 0) end as seconds from calls),
hours as (select hour from generate_series(date_trunc('hour', :now - interval '7 days'),
    date_trunc('hour', :now), interval '1 hour') as hour),
window_of as (select :now as now, :now - interval '7 days' as start)`;

const running = (instances: string) => `
  select miner_hotkey as hotkey, hour, sum(coalesce(gpu_count, 1)) as gpus from (
    select distinct miner_hotkey, chute_id, hour from ${instances} join hours on activated_at <= hour
      and (deleted_at is null or deleted_at >= hour)
      and (billed_to is not null or coalesce(deleted_at, hour) - activated_at >= interval '1 hour')) on_air
  left join gpus using (chute_id) group by miner_hotkey, hour`;

const PLATFORM_ENDED = `(deletion_reason in ('job has been terminated due to insufficient user balance',
  'user-defined/private chute instance has not been used since shutdown_after_seconds',
  'user has zero/negative balance (private chute)') or deletion_reason like '%has an old version%')`;
const PAID_END = "least(now, coalesce(stop_billing_at, now), coalesce(deleted_at, now))";
const ELIGIBLE = `activated_at is not null and (deleted_at is null
  or (billed_to is null and deleted_at - activated_at >= interval '1 hour')
  or coalesce(valid_termination, false) or ${PLATFORM_ENDED})`;
const normal = (name: string) =>
  `(${name} - min(${name}) over ()) / nullif(max(${name}) over () - min(${name}) over (), 0)`;

const SCORES: Readonly<Record<Profile, string>> = {
  features: `
    served as (select hotkey,
        sum(bounty + case when is_success and not is_private then multiplier * seconds else 0 end) as units,
        count(*) filter (where is_success and not is_private) as invocations,
        count(*) filter (where bounty > 0 and not is_private) as bounties,
        count(*) filter (where not is_private) as public from worked group by hotkey),
    credited as (select miner_hotkey as hotkey, count(*) as instances,
        sum(extract(epoch from ${PAID_END} - greatest(activated_at, start))) as seconds,
        sum(extract(epoch from ${PAID_END} - greatest(activated_at, start))
          * coalesce(compute_multiplier, 0)) as units
      from merged, window_of where activated_at is not null and billed_to is not null
        and (deleted_at is null or ${PLATFORM_ENDED}) and ${PAID_END} > greatest(activated_at, start)
      group by miner_hotkey),
    breadths as (select hotkey, floor(avg(gpus)) as breadth from (${running("merged")}) h group by hotkey),
    raw as (select hotkey, coldkey, served.units + coalesce(credited.units, 0) as units,
        invocations + coalesce(floor(seconds), 0) as invocations,
        bounties + coalesce(instances, 0) as bounties, coalesce(breadth, 0)::float8 as breadth
      from served join nodes using (hotkey)
      left join (select credited.* from credited join served using (hotkey) where served.public > 0)
        credited using (hotkey)
      left join breadths using (hotkey)),
    ranked as (select *, (select percentile_cont(0.5) within group (order by breadth) from raw
        where breadth > 0) as median, max(breadth) over () as most from raw),
    bent as (select *, case when most = 0 then 0 else
        power(breadth / most, case when breadth >= median then 1.3 else 2.2 end) end as broad from ranked),
    scored as (select hotkey, coldkey,
        0.52 * coalesce(units / nullif(sum(units) over (), 0), 0)
        + 0.2 * coalesce(invocations / nullif(sum(invocations) over (), 0), 0)
        + 0.2 * coalesce(broad / nullif(sum(broad) over (), 0), 0)
        + 0.08 * coalesce(bounties / nullif(sum(bounties) over (), 0), 0) as score from bent)`,
  base_bonus: `
    paid as (select *, extract(epoch from ${PAID_END} - greatest(activated_at, start)) as seconds
      from latest, window_of where ${ELIGIBLE} and ${PAID_END} > greatest(activated_at, start)),
    bases as (select hotkey, coldkey, sum(seconds * coalesce(compute_multiplier, 0)) as base
      from paid join nodes on hotkey = miner_hotkey group by hotkey, coldkey),
    kept as (select distinct on (coldkey) * from bases order by coldkey, base desc, hotkey),
    breadths as (select hotkey, floor(sum(gpus) / (select count(*) from hours) + 0.5) as breadth
      from (${running("latest")}) h group by hotkey),
    demands as (select hotkey, 0.75 * sum(multiplier * seconds)
      + 0.25 * count(*) filter (where is_success) as demand from worked group by hotkey),
    claimed as (select miner_hotkey as hotkey, chute_id, count(*) as own,
        sum(count(*)) over (partition by chute_id) as everybody
      from paid where bounty group by miner_hotkey, chute_id),
    bounties as (select hotkey, sum((1 - power(0.8, own)) / 0.2 / sqrt(everybody)) as bounty
      from claimed group by hotkey),
    raw as (select hotkey, coldkey, base::float8, coalesce(breadth, 0)::float8 as breadth,
        coalesce(demand, 0)::float8 as demand, coalesce(bounty, 0)::float8 as bounty
      from kept left join breadths using (hotkey) left join demands using (hotkey)
      left join bounties using (hotkey)),
    spread as (select *, count(*) over () as everybody, power(${normal("breadth")}, 2) as broad,
      power(${normal("demand")}, 2) as wanted, power(${normal("bounty")}, 2) as daring from raw),
    scored as (select hotkey, coldkey, 0.85 * base / sum(base) over ()
      + 0.15 * (0.30 * coalesce(broad / nullif(sum(broad) over (), 0), 1.0 / everybody)
        + 0.35 * coalesce(wanted / nullif(sum(wanted) over (), 0), 1.0 / everybody)
        + 0.35 * coalesce(daring / nullif(sum(daring) over (), 0), 1.0 / everybody)) as score
      from spread)`,
  compute_units: `
    paid as (select *, greatest(created_at, start) as paid_from, ${PAID_END} as paid_to
      from latest, window_of where ${ELIGIBLE} and ${PAID_END} > greatest(created_at, start)),
    parts as (select paid.instance_id, sum(extract(epoch from
        least(paid_to, coalesce(ended_at, now)) - greatest(paid_from, started_at))
        * history.compute_multiplier) as units
      from paid join history using (instance_id)
      where least(paid_to, coalesce(ended_at, now)) > greatest(paid_from, started_at)
      group by paid.instance_id),
    scored as (select hotkey, coldkey, sum(coalesce(units,
        extract(epoch from paid_to - paid_from) * coalesce(compute_multiplier, 1))) as score
      from paid left join parts using (instance_id) join nodes on hotkey = miner_hotkey
      where blacklist_reason is null group by hotkey, coldkey)`,
};

const FINAL = `best as (select distinct on (coldkey) hotkey, score from scored
    order by coldkey, score desc, hotkey)
  select hotkey, score / sum(score) over () as share from best where score > 0`;

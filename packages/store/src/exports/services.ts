import type { FamilyId } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** A miner serving a family without interruption: from a run in which it earned something to one in which it did not. */
export interface Service {
  readonly instanceId: string;
  readonly family: FamilyId;
  readonly miner: Hotkey;
  /** Index of the first run. */
  readonly since: number;
  readonly startedUs: number;
  readonly ended: ServiceEnd | null;
  /** Score of the latest run, in millionths. */
  readonly multiplierMicro: number;
}

/** How a service ended. */
export interface ServiceEnd {
  readonly atUs: number;
  /** When that became known. */
  readonly settledUs: number;
  readonly reason: string;
  /** Whether it was the validator that did not measure. */
  readonly unmeasured: boolean;
}

/** What a service earned in one run. */
export interface ServiceRun {
  readonly instanceId: string;
  readonly runIndex: number;
  readonly multiplierMicro: number;
  readonly startedUs: number;
  readonly endedUs: number;
  /** When it became known. */
  readonly settledUs: number;
}

/** A settled run of one family, with what a report says of it as text. */
export interface SettledRun {
  readonly index: number;
  readonly family: FamilyId;
  readonly startedUs: number;
  readonly endedUs: number;
  /** When its scores were no secret any more: the slice that holds this moment tells of the run. */
  readonly settledUs: number;
  readonly text: string;
}

/** What a settled run changes: services as they are from then on, and what they earned in it. */
export interface RunChanges {
  readonly services: readonly Service[];
  readonly earned: readonly ServiceRun[];
}

/** Who served what, and when, as it follows from settled runs. */
export class Services {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Index of the latest run taken in; null before the first. */
  async lastRun(): Promise<number | null> {
    const row = await this.#database
      .selectFrom("export_runs")
      .select(({ fn }) => fn.max("run_index").as("index"))
      .executeTakeFirst();
    return row?.index === null || row === undefined ? null : Number(row.index);
  }

  /** The latest run of a family. */
  async lastOf(family: FamilyId): Promise<SettledRun | null> {
    const rows = await this.#database
      .selectFrom("export_runs")
      .selectAll()
      .where("family_id", "=", family)
      .orderBy("run_index", "desc")
      .limit(1)
      .execute();
    return rows[0] === undefined ? null : runOf(rows[0]);
  }

  /** Takes a run in, once: the row of the run and everything it changes, or nothing. */
  async take(run: SettledRun, { services, earned }: RunChanges): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      const { numInsertedOrUpdatedRows } = await transaction
        .insertInto("export_runs")
        .values({
          run_index: run.index,
          family_id: run.family,
          started_us: run.startedUs,
          ended_us: run.endedUs,
          settled_us: run.settledUs,
          text: run.text,
        })
        .onConflict((conflict) => conflict.columns(["run_index", "family_id"]).doNothing())
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows !== 1n) return;
      // Ends come before beginnings: a miner has one live service of a family.
      const inOrder = [...services].sort(
        (a, b) => Number(b.ended !== null) - Number(a.ended !== null),
      );
      for (const service of inOrder) {
        const row = rowOf(service);
        await transaction
          .insertInto("export_services")
          .values(row)
          .onConflict((conflict) => conflict.column("instance_id").doUpdateSet(row))
          .execute();
      }
      if (earned.length === 0) return;
      const rows = earned.map((one) => ({
        instance_id: one.instanceId,
        run_index: one.runIndex,
        multiplier_micro: one.multiplierMicro,
        started_us: one.startedUs,
        ended_us: one.endedUs,
        settled_us: one.settledUs,
      }));
      await transaction.insertInto("export_history").values(rows).execute();
    });
  }

  /** Services that are not over. */
  async live(): Promise<readonly Service[]> {
    const rows = await this.#services().where("ended_us", "is", null).execute();
    return rows.map(serviceOf);
  }

  /** Services that are live, or whose end became known at `fromUs` or later. */
  async settledFrom(fromUs: number): Promise<readonly Service[]> {
    const rows = await this.#services()
      .where(({ or, eb }) => or([eb("ended_us", "is", null), eb("settled_us", ">=", fromUs)]))
      .execute();
    return rows.map(serviceOf);
  }

  /** Services that lasted until after `fromUs`. */
  async lastingFrom(fromUs: number): Promise<readonly Service[]> {
    const rows = await this.#services()
      .where(({ or, eb }) => or([eb("ended_us", "is", null), eb("ended_us", ">", fromUs)]))
      .execute();
    return rows.map(serviceOf);
  }

  /** What was earned in runs that ended, or became known, at `fromUs` or later. */
  async earnedFrom(column: "ended" | "settled", fromUs: number): Promise<readonly ServiceRun[]> {
    const rows = await this.#database
      .selectFrom("export_history")
      .selectAll()
      .where(column === "ended" ? "ended_us" : "settled_us", ">=", fromUs)
      .orderBy("instance_id")
      .orderBy("started_us")
      .execute();
    return rows.map((row) => ({
      instanceId: row.instance_id,
      runIndex: row.run_index,
      multiplierMicro: row.multiplier_micro,
      startedUs: row.started_us,
      endedUs: row.ended_us,
      settledUs: row.settled_us,
    }));
  }

  /** Runs that became known at `fromUs` or later. */
  async runsFrom(fromUs: number): Promise<readonly SettledRun[]> {
    const rows = await this.#database
      .selectFrom("export_runs")
      .selectAll()
      .where("settled_us", ">=", fromUs)
      .orderBy("run_index")
      .orderBy("family_id")
      .execute();
    return rows.map(runOf);
  }

  #services() {
    return this.#database.selectFrom("export_services").selectAll().orderBy("instance_id");
  }
}

function runOf(row: Tables["export_runs"]): SettledRun {
  return {
    index: row.run_index,
    family: row.family_id as FamilyId,
    startedUs: row.started_us,
    endedUs: row.ended_us,
    settledUs: row.settled_us,
    text: row.text,
  };
}

function rowOf({ ended, ...service }: Service) {
  return {
    instance_id: service.instanceId,
    family_id: service.family,
    miner: service.miner,
    since_run: service.since,
    started_us: service.startedUs,
    ended_us: ended?.atUs ?? null,
    settled_us: ended?.settledUs ?? null,
    reason: ended?.reason ?? null,
    unmeasured: ended?.unmeasured ?? false,
    multiplier_micro: service.multiplierMicro,
  };
}

function serviceOf(row: Tables["export_services"]): Service {
  const { ended_us: atUs, settled_us: settledUs, reason, unmeasured } = row;
  const isOver = atUs !== null && settledUs !== null && reason !== null;
  return {
    instanceId: row.instance_id,
    family: row.family_id as FamilyId,
    miner: row.miner as Hotkey,
    since: row.since_run,
    startedUs: row.started_us,
    ended: isOver ? { atUs, settledUs, reason, unmeasured } : null,
    multiplierMicro: row.multiplier_micro,
  };
}

/**
 * What the window is made of, its files of invocations included; one of an older version is loaded again.
 * Times are microseconds; `seq` is the number of the entry.
 */
export const SCHEMA_VERSION = 2;

/**
 * Sums kept per entry, hour, hotkey, chute and function. All integers, so that they add up to the same in
 * any order and on any number of threads; work is in 10^-12 compute units.
 */
export const MEASURES = [
  "attempts",
  "public_rows",
  "invocations",
  "bounties",
  "bounty_units",
  "public_work",
  "successes",
  "demand_work",
] as const;

// Left as they are, for the engine takes half a microsecond to unpack one packed HUGEINT.
const LARGE = "HUGEINT USING COMPRESSION uncompressed";
const MEASURE_COLUMNS = `attempts BIGINT, public_rows BIGINT, invocations BIGINT, bounties BIGINT,
  bounty_units ${LARGE}, public_work ${LARGE}, successes BIGINT, demand_work ${LARGE}`;

/** Statements that make an empty window. */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE meta(version INTEGER)`,
  `INSERT INTO meta VALUES (${SCHEMA_VERSION})`,
  `CREATE SEQUENCE entry_numbers`,
  `CREATE TABLE entries(seq INTEGER, entry_id VARCHAR, kind VARCHAR, hotkey VARCHAR, block BIGINT,
     start_time BIGINT, end_time BIGINT, invocations_sha256 VARCHAR, reports_sha256 VARCHAR,
     jobs_sha256 VARCHAR, invocation_rows BIGINT, is_settled BOOLEAN)`,
  `CREATE TABLE reports(seq INTEGER, invocation_id UUID, user_id VARCHAR, reported_at BIGINT,
     confirmed_at BIGINT, confirmed_by VARCHAR, reason VARCHAR)`,
  `CREATE TABLE jobs(seq INTEGER, job_id VARCHAR, chute_id VARCHAR, version VARCHAR,
     chutes_version VARCHAR, method VARCHAR, miner_uid INTEGER, miner_hotkey VARCHAR,
     miner_coldkey VARCHAR, instance_id VARCHAR, created_at BIGINT, updated_at BIGINT,
     started_at BIGINT, finished_at BIGINT, status VARCHAR, compute_multiplier DOUBLE,
     miner_terminated BOOLEAN)`,
  `CREATE TABLE instances(seq INTEGER, instance_id VARCHAR, deployment_id VARCHAR, validator VARCHAR,
     chute_id VARCHAR, version VARCHAR, miner_uid INTEGER, miner_hotkey VARCHAR, region VARCHAR,
     created_at BIGINT, verified_at BIGINT, activated_at BIGINT, deleted_at BIGINT,
     deletion_reason VARCHAR, billed_to VARCHAR, stop_billing_at BIGINT, compute_multiplier DOUBLE,
     bounty BOOLEAN, valid_termination BOOLEAN)`,
  `CREATE TABLE history(seq INTEGER, instance_id VARCHAR, compute_multiplier DOUBLE,
     started_at BIGINT, ended_at BIGINT)`,
  `CREATE TABLE miner_metrics(seq INTEGER, chute_id VARCHAR, deployment_id VARCHAR,
     function_name VARCHAR, total_seconds DOUBLE, total_count BIGINT)`,
  `CREATE TABLE gpu_counts(chute_id VARCHAR, gpu_count INTEGER)`,
  // Derived from the invocation files by settle.ts.
  `CREATE TABLE sums(seq INTEGER, hour INTEGER, miner_hotkey VARCHAR, chute_id VARCHAR,
     function_name VARCHAR, ${MEASURE_COLUMNS})`,
  `CREATE TABLE exceptions(seq INTEGER, row BIGINT, invocation_id UUID, parent_invocation_id UUID,
     hour INTEGER, miner_hotkey VARCHAR, chute_id VARCHAR, function_name VARCHAR, completed_at BIGINT,
     ${MEASURE_COLUMNS})`,
];

/** Tables whose rows go with their entry. */
export const ENTRY_TABLES = [
  "reports",
  "jobs",
  "instances",
  "history",
  "miner_metrics",
  "sums",
  "exceptions",
] as const;

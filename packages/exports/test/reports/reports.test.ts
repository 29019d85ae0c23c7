import { isCoded, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/commitment.ts";
import { entryId } from "../../src/entry-id.ts";
import { buildReport } from "../../src/reports/build-report.ts";
import { parseListing } from "../../src/reports/listing.ts";
import { parseMinerReport, uptimeOf } from "../../src/reports/miner-report.ts";
import { exportsOf, parseValidatorReport } from "../../src/reports/validator-report.ts";
import { parseTimestamp } from "../../src/timestamp.ts";

const HOTKEY = "5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ";
const SHA = "ab".repeat(32);
const EXPORTS = { invocations: { path: "invocations/2025/02/10/15.csv", sha256: SHA } };
const parse = (value: unknown) => parseValidatorReport(JSON.stringify(value));
const code = (name: string) => expect.toSatisfy((error: unknown) => isCoded(error, name));
const at = (text: string) => parseTimestamp(text) ?? 0;

describe("a validator's report", () => {
  it("says its generation by its keys alone", () => {
    expect(parse({ instance_audit: [{ instance_id: "i" }], csv_exports: EXPORTS }).generation).toBe(
      "g1",
    );
    expect(
      parse({ instance_audit: [{ instance_id: "i", bounty: false }], csv_exports: EXPORTS })
        .generation,
    ).toBe("g2");
    expect(
      parse({ instance_audit: [], compute_history: [], csv_exports: EXPORTS }).generation,
    ).toBe("g3");
    expect(parse({ instance_audit: [] }).generation).toBe("g3");
  });

  it("is read leniently: absent is empty, unknown is passed over", () => {
    const report = parse({ instance_audit: null, surprise: 1 });
    expect(report).toMatchObject({
      instance_audit: [],
      compute_history: [],
      csv_exports: null,
      neurond: null,
    });
    expect(exportsOf(parse({ csv_exports: EXPORTS }))).toEqual([
      { ...EXPORTS.invocations, table: "invocations" },
    ]);
    const [row] = parse({
      instance_audit: [
        {
          instance_id: "i",
          miner_uid: "7",
          billed_to: "",
          created_at: "2025-02-10T15:00:00Z",
          new: [],
        },
      ],
    }).instance_audit;
    expect(row).toEqual({
      instance_id: "i",
      chute_id: null,
      version: null,
      miner_uid: 7,
      miner_hotkey: null,
      region: null,
      created_at: 1_739_199_600_000_000,
      verified_at: null,
      activated_at: null,
      deleted_at: null,
      deletion_reason: null,
      billed_to: null,
      stop_billing_at: null,
      compute_multiplier: null,
      hourly_rate: null,
      bounty: false,
      valid_termination: false,
    });
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    [
      "a path out of the store",
      JSON.stringify({ csv_exports: { invocations: { path: "../../etc/passwd", sha256: SHA } } }),
    ],
    [
      "a short digest",
      JSON.stringify({
        csv_exports: { invocations: { path: EXPORTS.invocations.path, sha256: "ab" } },
      }),
    ],
    ["an instance without id", JSON.stringify({ instance_audit: [{}] })],
    [
      "a time that is none",
      JSON.stringify({ instance_audit: [{ instance_id: "i", created_at: "soon" }] }),
    ],
  ])("is refused as %s", (_what, text) => {
    expect(() => parseValidatorReport(text)).toThrow(code("REPORT_INVALID"));
  });
});

describe("our own report", () => {
  const digest = (byte: number) => new Uint8Array(32).fill(byte);
  const parts = {
    end: at("2025-02-10T15:00:00"),
    instanceAudit: parse({
      instance_audit: [
        {
          instance_id: "i",
          miner_hotkey: HOTKEY,
          deletion_reason: "miner initialized",
          deleted_at: "2025-02-10 14:30:00.5",
          compute_multiplier: 1.5,
        },
      ],
    }).instance_audit,
    computeHistory: [
      {
        instance_id: "i",
        compute_multiplier: 0.3,
        started_at: at("2025-02-10T13:00:00"),
        ended_at: null,
      },
    ],
    csvSha256: { invocations: digest(1), reports: digest(2), jobs: digest(3) },
    tree: { size: 5, root: digest(4) },
    previous: { sequence: 8, sha256: digest(5) },
  };

  it("is read back by every generation's reader", () => {
    const built = buildReport(parts);
    const report = parseValidatorReport(new TextDecoder().decode(built.bytes));
    expect(report.instance_audit).toEqual(parts.instanceAudit);
    expect(report.compute_history).toEqual(parts.computeHistory);
    expect(exportsOf(report).map(({ path, sha256 }) => [path, sha256])).toEqual([
      ["invocations/2025/02/10/15.csv", "01".repeat(32)],
      ["invocations/2025/02/10/15-reports.csv", "02".repeat(32)],
      ["invocations/2025/02/10/15-jobs.csv", "03".repeat(32)],
    ]);
    expect(report.neurond).toEqual({
      version: 1,
      start_time: "2025-02-10T14:00:00",
      end_time: "2025-02-10T15:00:00",
      sequence: 9,
      previous_sha256: "05".repeat(32),
      invocation_tree: { root: "04".repeat(32), size: 5 },
    });
    expect(JSON.parse(new TextDecoder().decode(built.bytes)).instance_audit[0]).toMatchObject({
      deletion_code: "miner",
      deleted_at: "2025-02-10T14:30:00.500000",
    });
  });

  it("is the same bytes for the same parts, and commits to them", () => {
    const [one, two] = [buildReport(parts), buildReport(parts)];
    expect(toHex(one.bytes)).toBe(toHex(two.bytes));
    expect(digestOf({ fields: one.fields })).toEqual(one.sha256);
    expect(buildReport({ ...parts, previous: null }).sequence).toBe(0);
  });
});

describe("a miner's report", () => {
  const report = {
    miner_hotkey: HOTKEY,
    start_time: "2025-02-10T14:00:00+00:00",
    end_time: "2025-02-10T15:00:00+00:00",
    prometheus_message: "prometheus was running for the whole slice",
    prometheus_metrics: [
      { chute_id: "c", deployment_id: "d", function: "chat", total_seconds: 1.5, total_count: 2 },
    ],
    deployment_audit: [
      {
        deployment_id: "d",
        validator: HOTKEY,
        instance_id: null,
        chute_id: "c",
        version: "v",
        created_at: "2025-02-10T14:00:00",
        verified_at: null,
        deleted_at: null,
      },
    ],
  };

  it("is read with its times in UTC", () => {
    const read = parseMinerReport(JSON.stringify(report));
    expect(read).toMatchObject({
      start_time: at("2025-02-10T14:00:00"),
      end_time: at("2025-02-10T15:00:00"),
    });
    expect(read.deployment_audit[0]).toMatchObject({
      instance_id: null,
      activated_at: null,
      compute_multiplier: null,
    });
  });

  it.each([
    ["prometheus was running for the whole slice", 3600],
    ["prometheus uptime is only 1250.5 seconds", 1250.5],
    ["uptime is 90 s", 90],
    ["could not determine prometheus uptime", null],
    ["", null],
  ])("%j says how long it counted", (prometheus_message, seconds) => {
    expect(uptimeOf(parseMinerReport(JSON.stringify({ ...report, prometheus_message })))).toBe(
      seconds,
    );
  });
});

describe("a listing", () => {
  const entry = {
    entry_id: entryId(HOTKEY, 7),
    hotkey: HOTKEY,
    block: 7,
    path: `audit/validator/${HOTKEY}/7.json`,
    created_at: "2025-02-10T15:02:00.123456",
    start_time: "2025-02-10T14:00:00",
    end_time: "2025-02-10T15:00:00Z",
  };

  it("keeps the good entries and says why it refuses the others", () => {
    const bad = [
      { ...entry, path: "../../etc/passwd" },
      { ...entry, block: 8, entry_id: entryId(HOTKEY, 8) },
      { ...entry, entry_id: entryId(HOTKEY, 8) },
      { ...entry, end_time: entry.start_time },
      { ...entry, hotkey: "'; drop table audit_entries; --" },
      null,
    ];
    const listing = parseListing(JSON.stringify([...bad, entry]));
    expect(listing.entries).toHaveLength(1);
    expect(listing.entries[0]).toMatchObject({ end_time: at("2025-02-10T15:00:00"), block: 7 });
    expect(listing.refused.map(({ problem }) => problem)).toEqual([
      "PATH_UNSAFE",
      "PATH_FOREIGN",
      "ENTRY_ID_WRONG",
      "SLICE_EMPTY",
      "PATH_FOREIGN",
      "SHAPE_WRONG",
    ]);
  });

  it("is a list", () => {
    expect(() => parseListing("{}")).toThrow(code("REPORT_INVALID"));
  });
});

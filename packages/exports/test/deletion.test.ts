import { describe, expect, it } from "vitest";
import { deletionCode, keepsCredit } from "../src/deletion.ts";

describe("a deletion reason", () => {
  it.each([
    ["job has been terminated due to insufficient user balance", "user_balance", true],
    [
      "user-defined/private chute instance has not been used since shutdown_after_seconds",
      "idle",
      true,
    ],
    ["user has zero/negative balance (private chute)", "zero_balance", true],
    ["instance 1 has an old version", "old_version", true],
    ["miner initialized", "miner", false],
    ["max consecutive failures 5 reached", "failures", false],
    ["miner responded with 426 upgrade required, new symmetric key needed", "key_exchange", false],
    ["Failed 3 or more consecutive logging server probes.", "logging_probe", false],
    ["miner failed watchtower probes", "watchtower", false],
    ["Instance failed env dump signature or process checks.", "process_check", false],
    ["Failed port verification on 1.2.3.4:8000", "port_check", false],
    ["account deleted", "account_deleted", false],
    ["stale make_public chute removed", "stale_public", false],
    ["VLLM/image upgrade", "image_upgrade", false],
    ["something new", "unknown", false],
  ])("%j is %s", (reason, code, credit) => {
    expect(deletionCode(reason)).toBe(code);
    expect(keepsCredit(reason)).toBe(credit);
  });

  it("is none while an instance lives", () => {
    expect(deletionCode(null)).toBeNull();
    expect(keepsCredit(null)).toBe(false);
  });
});

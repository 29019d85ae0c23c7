/** Why an instance ended, for machines; the texts are upstream's and matched by what is fixed in them. */
export type DeletionCode = (typeof REASONS)[number]["code"] | "unknown";

/** Reasons in the order they are tried; `text` is contained in what the validator writes. */
const REASONS = [
  {
    code: "user_balance",
    credit: true,
    text: "job has been terminated due to insufficient user balance",
  },
  {
    code: "idle",
    credit: true,
    text: "user-defined/private chute instance has not been used since shutdown_after_seconds",
  },
  { code: "zero_balance", credit: true, text: "user has zero/negative balance (private chute)" },
  { code: "old_version", credit: true, text: "has an old version" },
  { code: "miner", credit: false, text: "miner initialized" },
  { code: "failures", credit: false, text: "max consecutive failures" },
  { code: "key_exchange", credit: false, text: "426 upgrade required" },
  { code: "logging_probe", credit: false, text: "consecutive logging server probes" },
  { code: "watchtower", credit: false, text: "miner failed watchtower probes" },
  {
    code: "process_check",
    credit: false,
    text: "Instance failed env dump signature or process checks",
  },
  { code: "port_check", credit: false, text: "Failed port verification on" },
  { code: "account_deleted", credit: false, text: "account deleted" },
  { code: "stale_public", credit: false, text: "stale make_public chute removed" },
  { code: "image_upgrade", credit: false, text: "image upgrade" },
  { code: "maintenance", credit: false, text: "maintenance" },
  { code: "over_target", credit: false, text: "target" },
] as const;

/** Every code, for schemas and tables. */
export const DELETION_CODES: readonly DeletionCode[] = [
  ...REASONS.map(({ code }) => code),
  "unknown",
];

/** The code of a reason; null while there is none. */
export function deletionCode(reason: string | null): DeletionCode | null {
  if (reason === null) return null;
  return REASONS.find(({ text }) => reason.includes(text))?.code ?? "unknown";
}

/**
 * Whether an instance deleted for this reason keeps its pay although nobody vouched for the end.
 * The platform's own endings say so by `valid_termination` instead.
 */
export function keepsCredit(reason: string | null): boolean {
  const code = deletionCode(reason);
  return REASONS.some((entry) => entry.code === code && entry.credit);
}

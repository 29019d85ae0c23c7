import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import { z } from "zod";
import type { ReceiptCode } from "./errors.ts";

const LedgerFile = z.strictObject({
  v: z.literal(1),
  ledger_id: z.string().regex(/^[0-9a-f]{32}$/),
});

/** The id of the ledger in a directory; a new one where there is none yet. */
export async function ledgerIdOf(directory: string): Promise<string> {
  const path = join(directory, "ledger.json");
  try {
    return LedgerFile.parse(JSON.parse(await readFile(path, "utf8"))).ledger_id;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT"))
      throw new CodedError<ReceiptCode>(
        "RECEIPTS_DAMAGED",
        `${path} does not name a ledger; keep the directory and give another`,
        {},
        { cause },
      );
  }
  const ledgerId = randomBytes(16).toString("hex");
  await writeWhole(path, JSON.stringify({ v: 1, ledger_id: ledgerId }));
  return ledgerId;
}

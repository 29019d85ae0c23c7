import { resolve } from "node:path";
import { writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../../action.ts";
import type { UsageCode } from "../../../failures.ts";
import { ADMIN_OPTIONS, AdminApi } from "./admin-api.ts";
import type { ExportedShape } from "./schemas.ts";

const NEWLINE = 10;

/** `neurond proxy export-receipts` */
export const proxyExportReceipts = defineAction<z.infer<typeof ExportedShape>>({
  name: "export-receipts",
  summary: "write the receipts of a range of times to a file that verifies offline",
  description:
    "One line says what was signed, and each other is a receipt. The file appears whole or not at all.",
  options: [
    { flags: "--from <time>", description: "Unix milliseconds or ISO 8601 (default: the first)" },
    { flags: "--to <time>", description: "the same (default: the last)" },
    { flags: "-o, --output <file>", description: "where to write it (default: receipts.ndjson)" },
    ...ADMIN_OPTIONS,
  ],
  examples: ["neurond proxy export-receipts --from 2026-11-01 --output november.ndjson"],
  schema: async () => (await import("./schemas.ts")).ExportedShape,
  run: async (call) => {
    const range = new URLSearchParams();
    for (const name of ["from", "to"]) {
      const time = call.given(name);
      if (time !== undefined) range.set(name, time);
    }
    const output = resolve(call.given("output") ?? "receipts.ndjson");
    const api = await AdminApi.of(call);
    const lines = await api.open(`/v1/receipts/export?${range}`);
    let [bytes, ends] = [0, 0];
    const write = writeWhole(output, async (file) => {
      for await (const chunk of lines) {
        bytes += chunk.length;
        for (const byte of chunk) if (byte === NEWLINE) ends += 1;
        await file.writeFile(chunk);
      }
    });
    await call.progress(() => `receipts: ${(bytes / 1e6).toFixed(1)} MB`, explained(write, output));
    return { output, receipts: Math.max(0, ends - 1), bytes };
  },
  human: ({ output, receipts, bytes }, view) =>
    view.pairs([
      ["file", output],
      ["receipts", String(receipts)],
      ["bytes", String(bytes)],
    ]),
});

async function explained(write: Promise<void>, output: string): Promise<void> {
  try {
    await write;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (!["ENOENT", "EACCES", "ENOSPC", "EROFS", "EISDIR"].includes(code ?? "")) throw cause;
    const message = `${output} cannot be written (${code}): give another --output`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { output }, { cause });
  }
}

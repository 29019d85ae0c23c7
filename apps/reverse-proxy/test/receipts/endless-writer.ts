import { keypairFromUri } from "@neurond/crypto";
import { prepareReceipt } from "../../src/receipts/prepare-receipt.ts";
import { openReceiptLedger } from "../../src/receipts/receipt-ledger.ts";
import { receiptNumber } from "./samples.ts";

/** Writes receipts to a directory until it is killed, and says how many are written. */
const [, , directory = ""] = process.argv;
const settings = { directory, maxBytes: 2 ** 30, retentionDays: 100_000 };
const ledger = await openReceiptLedger(settings, { signer: keypairFromUri("//Bob") });
for (;;) {
  const batch = Array.from({ length: 37 }, (_, n) =>
    prepareReceipt(receiptNumber(ledger.size + n)),
  );
  await ledger.append(batch, Date.now());
  await ledger.checkpoint(Date.now());
  process.stdout.write(`${ledger.size}\n`);
}

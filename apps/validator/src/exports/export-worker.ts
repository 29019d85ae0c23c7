import { on } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { ExportFiles } from "./export-files.ts";
import type { ExportAnswer, ExportOrder } from "./export-rows.ts";
import { type RowPage, rowsOf } from "./read-rows.ts";
import { writeInvocations } from "./write-invocations.ts";

// Takes pages until null and writes them; who no longer waits for it ends it.

const port = parentPort;
if (port === null) throw new TypeError("this file is the code of a thread");
const say = (answer: ExportAnswer) => port.postMessage(answer);
const { directory, file, names }: ExportOrder = workerData;

async function* taken(): AsyncGenerator<RowPage> {
  for await (const [page] of messages) {
    if (page === null) return;
    yield page;
    say("taken");
  }
}

const messages = on(port, "message");
say(await writeInvocations(new ExportFiles(directory), file, rowsOf(taken(), names)));

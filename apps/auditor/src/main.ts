import { parseArgs } from "node:util";
import { auditorService } from "./service.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { recover: { type: "boolean" }, reconcile: { type: "boolean" } },
});

await auditorService({
  environment: process.env,
  file: positionals[0],
  recovers: values.recover === true,
  reconciles: values.reconcile === true,
});

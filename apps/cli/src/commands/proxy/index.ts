import type { Action } from "../../action.ts";
import { proxyDoctor } from "./doctor/doctor.ts";
import { proxyBan, proxyBans, proxyUnban } from "./operate/bans.ts";
import { proxyCapacity } from "./operate/capacity.ts";
import { proxyExportReceipts } from "./operate/export-receipts.ts";
import { proxyRefusals, proxyReload, proxyToken } from "./operate/operation.ts";
import { proxyBreaker, proxyQueue } from "./operate/queue.ts";
import { proxyDrain, proxyStatus } from "./operate/status.ts";
import { proxyVerifyReceipts } from "./operate/verify-receipts.ts";

/** Subcommands of `neurond proxy`. */
export const proxyActions: readonly Action[] = [
  proxyDoctor,
  proxyStatus,
  proxyQueue,
  proxyRefusals,
  proxyBan,
  proxyUnban,
  proxyBans,
  proxyCapacity,
  proxyDrain,
  proxyBreaker,
  proxyReload,
  proxyToken,
  proxyExportReceipts,
  proxyVerifyReceipts,
];

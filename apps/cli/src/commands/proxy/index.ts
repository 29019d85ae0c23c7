import type { Action } from "../../action.ts";
import { proxyDoctor } from "./doctor/doctor.ts";

/** Subcommands of `neurond proxy`. */
export const proxyActions: readonly Action[] = [proxyDoctor];

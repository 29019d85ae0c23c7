export type { AuditorParts } from "./auditor-parts.ts";
export { Config, PREFIX } from "./config.ts";
export { AUDITOR_ERRORS, type AuditorCode, HTTP_STATUS } from "./errors.ts";
export { auditorService } from "./service.ts";
export { type RunningAuditor, startAuditor } from "./start.ts";

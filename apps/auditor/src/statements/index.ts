export { openAfterLook } from "./after-look.ts";
export { serveStatements } from "./api.ts";
export { StatementKeeper, type StatementKeeperDeps } from "./keep-statements.ts";
export { StatementsSection } from "./section.ts";
export { StatementStore } from "./statement-store.ts";

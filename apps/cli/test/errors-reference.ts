import { writeFile } from "node:fs/promises";
import { ADMISSION_ERRORS } from "@neurond/admission";
import { AUDIT_ERRORS } from "@neurond/audit";
import { AUDITOR_ERRORS, HTTP_STATUS as AUDITOR_STATUS } from "@neurond/auditor";
import { BLOB_ERRORS } from "@neurond/blob-store";
import { CHAIN_ERRORS, NETWORK_ERRORS } from "@neurond/chain";
import { WALLET_ERRORS } from "@neurond/chain/wallet";
import { CONSENSUS_ERRORS } from "@neurond/consensus";
import { CRYPTO_ERRORS } from "@neurond/crypto";
import { DEVNET_ERRORS } from "@neurond/devnet";
import { AUTH_ERRORS, EPISTULA_ERRORS, STATUS } from "@neurond/epistula";
import { ERASURE_ERRORS } from "@neurond/erasure";
import { EXPORTS_ERRORS } from "@neurond/exports";
import { FILES_ERRORS } from "@neurond/files";
import { GEN_EXPORTS_ERRORS } from "@neurond/gen-exports";
import { INCENTIVE_ERRORS } from "@neurond/incentive";
import { INGEST_ERRORS } from "@neurond/ingest";
import { LEDGER_ERRORS } from "@neurond/ledger";
import { MINER_ERRORS } from "@neurond/miner";
import { type ErrorEntry, PRIMITIVES_ERRORS } from "@neurond/primitives";
import { REGISTRY_ERRORS } from "@neurond/registry";
import { HTTP_STATUS as PROXY_STATUS, REVERSE_PROXY_ERRORS } from "@neurond/reverse-proxy";
import { RUNTIME_ERRORS } from "@neurond/runtime";
import { S3_ERRORS, S3_STATUS } from "@neurond/s3";
import { STORAGE_API_ERRORS, HTTP_STATUS as STORAGE_API_STATUS } from "@neurond/storage-api";
import { STORAGE_CLIENT_ERRORS } from "@neurond/storage-client";
import { STORAGE_RULES_ERRORS } from "@neurond/storage-rules";
import { STORE_ERRORS } from "@neurond/store";
import { SYNTHETICS_ERRORS } from "@neurond/synthetics";
import { UPDATER_ERRORS } from "@neurond/updater";
import { VALIDATOR_ERRORS, HTTP_STATUS as VALIDATOR_STATUS } from "@neurond/validator";
import { WAREHOUSE_ERRORS } from "@neurond/warehouse";
import { WEBHOOK_ERRORS } from "@neurond/webhooks";
import { WORKLOAD_ERRORS } from "@neurond/workload";
import { STORAGE_ERRORS } from "@neurond/workload-storage";
import { LOCALNET_ERRORS } from "../src/commands/localnet/errors.ts";
import { PROOF_COMMAND_ERRORS } from "../src/commands/proof/errors.ts";
import { PROXY_COMMAND_ERRORS } from "../src/commands/proxy/operate/errors.ts";
import { STORE_COMMAND_ERRORS } from "../src/commands/store/errors.ts";
import { ENDING_ERRORS, USAGE_ERRORS } from "../src/failures.ts";
import { code, markdownTable } from "../src/markdown.ts";
import { BOOTSTRAP_ERRORS } from "./bootstrap-errors.ts";

/** Where the codes are told to people. */
export const ERRORS_FILE = new URL("../../../docs/errors.md", import.meta.url);

/** One section each: whose codes, their table and, of those that travel by HTTP, their status. */
const SECTIONS: readonly (readonly [
  title: string,
  errors: Readonly<Record<string, ErrorEntry>>,
  status?: Readonly<Record<string, number>>,
])[] = [
  ["Bootstrap: `npm test` and `npm run …`", BOOTSTRAP_ERRORS],
  ["Command line: `neurond`", { ...USAGE_ERRORS, ...ENDING_ERRORS }],
  ["Files: `neurond store`", STORE_COMMAND_ERRORS],
  ["The whole loop: `neurond localnet`", LOCALNET_ERRORS],
  ["Proofs of invocations: `neurond proof`", PROOF_COMMAND_ERRORS],
  ["Operating a proxy: `neurond proxy`", PROXY_COMMAND_ERRORS],
  ["Validator", VALIDATOR_ERRORS, VALIDATOR_STATUS],
  ["Miner", MINER_ERRORS],
  ["Reverse proxy", REVERSE_PROXY_ERRORS, PROXY_STATUS],
  ["Storage API", STORAGE_API_ERRORS, STORAGE_API_STATUS],
  ["S3 gateway, in the words of S3", S3_ERRORS, S3_STATUS],
  ["Auditor", { ...AUDITOR_ERRORS, ...AUDIT_ERRORS }, AUDITOR_STATUS],
  ["Keys and wallets: `@neurond/chain/wallet`", WALLET_ERRORS],
  ["Chain: `@neurond/chain`", { ...NETWORK_ERRORS, ...CHAIN_ERRORS }],
  ["Registry of miners: `@neurond/registry`", REGISTRY_ERRORS],
  ["Refused requests: `@neurond/epistula`", AUTH_ERRORS, STATUS],
  ["Request signing: `@neurond/epistula`", EPISTULA_ERRORS],
  ["Admission and limits: `@neurond/admission`", ADMISSION_ERRORS],
  ["Services: `@neurond/runtime`", RUNTIME_ERRORS],
  ["Database and Redis: `@neurond/store`", STORE_ERRORS],
  ["Storage: `@neurond/workload-storage`", STORAGE_ERRORS],
  ["Storing files: `@neurond/storage-client`", STORAGE_CLIENT_ERRORS],
  ["Erasure code: `@neurond/erasure`", ERASURE_ERRORS],
  ["Rules of a storage subnet: `@neurond/storage-rules`", STORAGE_RULES_ERRORS],
  ["Development chain: `@neurond/devnet`", DEVNET_ERRORS],
  ["Workloads: `@neurond/workload`", WORKLOAD_ERRORS],
  ["Record: `@neurond/ledger`", LEDGER_ERRORS],
  ["Agreement: `@neurond/consensus`", CONSENSUS_ERRORS],
  ["Incentive: `@neurond/incentive`", INCENTIVE_ERRORS],
  ["Audit of exports: `@neurond/ingest`", INGEST_ERRORS],
  ["Updates: `@neurond/updater`", UPDATER_ERRORS],
  ["Alerts: `@neurond/webhooks`", WEBHOOK_ERRORS],
  ["Files and locks: `@neurond/files`", FILES_ERRORS],
  ["Blobs: `@neurond/blob-store`", BLOB_ERRORS],
  ["Week of exports: `@neurond/warehouse`", WAREHOUSE_ERRORS],
  ["Requests of our own: `@neurond/synthetics`", SYNTHETICS_ERRORS],
  ["Exports: `@neurond/exports`", EXPORTS_ERRORS],
  ["Made-up exports: `@neurond/gen-exports`", GEN_EXPORTS_ERRORS],
  ["Cryptography: `@neurond/crypto`", CRYPTO_ERRORS],
  ["Values: `@neurond/primitives`", PRIMITIVES_ERRORS],
];

/** docs/errors.md, from the tables of codes. */
export function renderErrors(): string {
  const sections = SECTIONS.map(([title, errors, status]) => {
    const rows = Object.entries(errors).map(([name, { cause, remedy }]) => [
      code(name),
      ...(status ? [String(status[name] ?? "")] : []),
      cause,
      remedy,
    ]);
    const heads = ["code", ...(status ? ["HTTP"] : []), "cause", "remedy"];
    return `## ${title}\n\n${markdownTable(heads, rows)}`;
  });
  return `${[INTRODUCTION, ...sections].join("\n\n")}\n`;
}

const INTRODUCTION = `# Error codes

Generated from the tables in each package's \`errors.ts\`; do not edit. Write it anew with
\`node --conditions=neurond:source apps/cli/test/errors-reference.ts\`; a test compares it.

A failed command prints one line, \`neurond: CODE: message\`, or with \`--json\`
\`{"error":{"code","message","context"}}\`; the message names what failed and on what. Here is what each
code means and what to do about it. A new package exports the table of its codes and adds one line to
\`SECTIONS\` of the generator.`;

if (import.meta.main) await writeFile(ERRORS_FILE, renderErrors());

import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { type Statement, statementDigest } from "@neurond/statements";
import { z } from "zod";
import type { AuditorCode } from "../errors.ts";
import type { StatementStore } from "./statement-store.ts";

const limit = z.coerce.number().int().min(1).max(500).default(100);

/** Serves signed statements, read-only, each exactly as it was signed. */
export function serveStatements(app: App, store: StatementStore): void {
  app.get(
    "/v1/statements",
    {
      schema: {
        summary: "Signed statements about audited exports, newest first, without their tables",
        querystring: z.object({ limit, validator: z.string().max(60).optional() }),
      },
    },
    async ({ query }) => {
      const statements = await store.latest(query.limit);
      const wanted = statements.filter(
        ({ validator }) => query.validator === undefined || validator === query.validator,
      );
      return { statements: wanted.map(summarise) };
    },
  );
  app.get(
    "/v1/statements/latest",
    { schema: { summary: "The newest statement, whole" } },
    async (): Promise<Statement> => {
      const [latest] = await store.latest(1);
      return latest ?? unknown();
    },
  );
  app.get(
    "/v1/statements/:sequence",
    {
      schema: {
        summary: "One statement, whole; check it with `neurond audit statement verify`",
        params: z.object({ sequence: z.coerce.number().int().min(0).max(9_999_999_999) }),
      },
    },
    async ({ params }): Promise<Statement> => (await store.read(params.sequence)) ?? unknown(),
  );
}

function unknown(): never {
  throw new CodedError<AuditorCode>("STATEMENT_UNKNOWN", "no statement has this number");
}

function summarise(statement: Statement) {
  const { sequence, previous, validator, as_of, made_ms, inputs_root, verified_hours } = statement;
  return {
    sequence,
    digest: statementDigest(statement),
    previous,
    validator,
    as_of: new Date(as_of / 1_000).toISOString(),
    made_at: new Date(made_ms).toISOString(),
    inputs_root,
    verified_hours,
    critical: statement.critical.length,
  };
}

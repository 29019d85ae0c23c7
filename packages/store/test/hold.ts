// Opens the embedded database of a directory as a process of its own, says how it went in one line
// of JSON, and uses it until its standard input ends.
import { once } from "node:events";
import { openDatabase } from "../src/index.ts";

const [directory = "", statement] = process.argv.slice(2);

try {
  await using database = await openDatabase({
    directory,
    schema: "held",
    durable: false,
    signal: AbortSignal.timeout(60_000),
  });
  if (statement !== undefined) {
    const { CompiledQuery } = await import("kysely");
    await database.kysely.executeQuery(CompiledQuery.raw(statement));
  }
  console.log(JSON.stringify({ url: database.url }));
  process.stdin.resume();
  await once(process.stdin, "end");
} catch (error) {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  console.log(JSON.stringify({ code, message }));
}
process.stdin.destroy();

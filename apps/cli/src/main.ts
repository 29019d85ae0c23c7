import { processSurroundings } from "./environment.ts";
import { runCommandLine } from "./run-command-line.ts";

/** Runs this process's command line. The first interrupt asks the command to end, a second one ends it. */
export async function main(): Promise<void> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(130);
      interrupt.abort();
    });
  }
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  const exitCode = await runCommandLine(
    process.argv.slice(2),
    processSurroundings(interrupt.signal),
  );
  // Ended here because an abandoned key derivation would hold the process for seconds.
  process.exit(exitCode);
}

if (import.meta.main) await main();

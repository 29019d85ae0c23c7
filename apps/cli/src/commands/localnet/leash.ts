/**
 * Loaded into every daemon of a localnet before its own program (`node --import`): when the parent
 * is gone, however it went, the channel to it closes, and the daemon is told to end. The daemons
 * themselves know nothing of it.
 */
const LAST_MS = 3_000;

process.on("disconnect", () => {
  setTimeout(() => process.exit(1), LAST_MS).unref();
  process.kill(process.pid, "SIGTERM");
});
// Listening would keep a daemon alive that has ended its work.
process.channel?.unref();

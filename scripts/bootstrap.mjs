// The one entry behind every root script: `node scripts/bootstrap.mjs <task> [args]`.
// It needs nothing but Node and npm, and plain syntax here so that an old Node can still say why it stops.
const major = Number(process.versions.node.split(".")[0]);

if (major < 20) {
  console.error(
    `neurond: NODE_TOO_OLD: Node ${process.versions.node} runs this; install Node 20 or newer`,
  );
  process.exitCode = 10;
} else {
  const { main } = await import("./bootstrap/main.mjs");
  await main(process.argv.slice(2));
}

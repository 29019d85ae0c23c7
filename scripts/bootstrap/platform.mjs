import { Failure } from "./failure.mjs";

/** Where the npm package `node` and every native tool of the workspace have a binary. */
const SUPPORTED = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/** What decides whether Node 24 can run here. */
export function thisPlatform() {
  return {
    name: `${process.platform}-${process.arch}`,
    musl: process.platform === "linux" && glibcVersion() === undefined,
  };
}

/** Throws when the registry has no Node 24 for the platform. */
export function assertSupported({ name, musl }) {
  if (musl) {
    throw new Failure(
      "PLATFORM_UNSUPPORTED",
      "this Linux uses musl, for which Node 24 is not on npm; use a glibc image such as node:24-bookworm-slim",
    );
  }
  if (SUPPORTED.includes(name)) return;
  const remedy = name.startsWith("win32") ? "use WSL 2" : `use one of ${SUPPORTED.join(", ")}`;
  throw new Failure(
    "PLATFORM_UNSUPPORTED",
    `there is no tested Node 24 package for ${name}; ${remedy}`,
  );
}

function glibcVersion() {
  process.report.excludeNetwork = true; // else the report resolves every open socket's name
  return process.report.getReport().header.glibcVersionRuntime;
}

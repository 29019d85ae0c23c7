import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Inside node_modules, so that deleting the folder forgets the install as well. */
const stampFile = (root) => join(root, "node_modules", ".bootstrap", "installed");

/** One hash over everything an install depends on. */
export function wantedStamp(root) {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}\n`);
  for (const file of inputs(root)) {
    hash
      .update(`${file}\n`)
      .update(readFileSync(join(root, file)))
      .update("\n");
  }
  return hash.digest("hex");
}

/** The stamp of the last install that finished; undefined while one is under way or was killed. */
export function readStamp(root) {
  try {
    return readFileSync(stampFile(root), "utf8");
  } catch {
    return undefined;
  }
}

export function writeStamp(root, stamp) {
  mkdirSync(dirname(stampFile(root)), { recursive: true });
  writeFileSync(stampFile(root), stamp);
}

export function dropStamp(root) {
  rmSync(stampFile(root), { force: true });
}

function inputs(root) {
  const members = ["packages", "apps"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, "package.json")),
  );
  return ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...members.sort()].filter(
    (file) => existsSync(join(root, file)),
  );
}

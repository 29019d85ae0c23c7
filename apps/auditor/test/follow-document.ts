import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** One code block of a document. */
interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** What the document changes, and so is copied; other packages are linked. */
const CHANGED = ["apps/validator", "apps/miner", "packages/audit"];
const FILES = ["tsconfig.base.json", "tsconfig.json", "tsconfig.test.json"];
/** Packages of the copy. */
export const OWN = [...CHANGED, "packages/workload-digest"];

/** A part of the repository with everything done to it that a document says. */
export class Followed implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Does what the code blocks of a document say, in their order; installing apart. */
  static async follow(document: string): Promise<Followed> {
    // Inside the repository, so that imports resolve; where neither git nor the linter looks.
    await mkdir(join(ROOT, ".vitest"), { recursive: true });
    const copy = new Followed(await mkdtemp(join(ROOT, ".vitest", "followed-")));
    try {
      await copy.#begin();
      for (const block of blocksOf(await readFile(join(ROOT, document), "utf8"))) {
        await copy.#apply(block);
      }
      for (const path of OWN) await copy.#link(path);
    } catch (error) {
      await copy[Symbol.asyncDispose]();
      throw error;
    }
    return copy;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Type-checks what the patterns match; what the compiler has to say. */
  async typeErrors(include: readonly string[], types: readonly string[]): Promise<string> {
    const config = this.path("tsconfig.check.json");
    const compilerOptions = {
      ...{ noEmit: true, composite: false, incremental: false, declarationMap: false, types },
      ...{ rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true },
    };
    const text = JSON.stringify({ extends: "./tsconfig.base.json", compilerOptions, include });
    await writeFile(config, text);
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    try {
      return (await run(tsc, ["-p", config, "--pretty", "false"])).stdout;
    } catch (error) {
      return z.object({ stdout: z.string() }).parse(error).stdout;
    }
  }

  async #begin(): Promise<void> {
    const filter = (path: string) => !/\/(node_modules|dist|test)$/.test(path);
    for (const path of [...CHANGED, ...FILES]) {
      await cp(join(ROOT, path), this.path(path), { recursive: true, filter });
    }
    for (const parent of ["packages", "apps"]) {
      for (const name of await readdir(join(ROOT, parent))) {
        const path = join(parent, name);
        if (!CHANGED.includes(path)) await symlink(join(ROOT, path), this.path(path));
      }
    }
  }

  async #apply({ language, lines }: Block): Promise<void> {
    if (language === "sh") {
      // Installing is what `#link` does here, without the network.
      const script = ["set -e", "pnpm() { :; }", ...lines].join("\n");
      await run("bash", ["-c", script], { cwd: this.directory });
    } else if (language === "ts") {
      const [first = "", ...code] = lines;
      const path = this.path(first.replace("// ", ""));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${code.join("\n")}\n`);
    } else {
      for (const [path, hunks] of changesIn(lines)) {
        let text = await readFile(this.path(path), "utf8");
        for (const hunk of hunks) text = changed(text, hunk, path);
        await writeFile(this.path(path), text);
      }
    }
  }

  /** Links what a package declares, and nothing else: an undeclared import fails. */
  async #link(at: string): Promise<void> {
    const manifest = JSON.parse(await readFile(this.path(join(at, "package.json")), "utf8"));
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(manifest);
    for (const name of Object.keys(dependencies)) {
      const own = OWN.find((path) => path.endsWith(`/${name.replace("@neurond/", "")}`));
      const hoisted = join(ROOT, "node_modules/.pnpm/node_modules", name);
      const target = own !== undefined ? this.path(own) : hoisted;
      const link = this.path(join(at, "node_modules", name));
      await mkdir(dirname(link), { recursive: true });
      await symlink(target, link);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
    ([, language = "", code = ""]): Block => ({ language, lines: code.split("\n").slice(0, -1) }),
  );
}

type Hunk = readonly string[];

/** Changes by file: `+++ path` begins a file, `@@` another place in it. */
function changesIn(lines: readonly string[]): ReadonlyMap<string, Hunk[]> {
  const changes = new Map<string, string[][]>();
  let hunks: string[][] = [];
  for (const line of lines) {
    if (line.startsWith("+++ ")) {
      hunks = [[]];
      changes.set(line.slice(4), hunks);
    } else if (line === "@@") hunks.push([]);
    else hunks.at(-1)?.push(line);
  }
  return changes;
}

/** A text with one place changed, which must be there once. */
function changed(text: string, hunk: Hunk, path: string): string {
  const side = (mark: string) =>
    hunk
      .filter((line) => line[0] !== mark)
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  const parts = text.split(side("+"));
  if (parts.length === 2) return parts.join(side("-"));
  throw new Error(`${path} has these lines ${parts.length - 1} times:\n${side("+")}`);
}

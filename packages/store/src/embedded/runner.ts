import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { chown, readFile, stat } from "node:fs/promises";
import { storeError } from "../errors.ts";
import { type Account, readAccounts } from "./passwd.ts";
import { isReachable } from "./reachable.ts";

/** Starts the programs of Postgres as a user they accept: not root, and one with a name. */
export interface Runner {
  /** Owner of the data; null when that is whoever runs this process. */
  readonly owner: Account | null;
  start(program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
}

interface Needs {
  /** Directory of the database; it exists. */
  readonly directory: string;
  /** The data inside it; it may not exist yet. */
  readonly data: string;
  readonly programs: readonly string[];
}

/** Chooses the user: ourselves, or for root the owner of the data, `postgres` or `nobody`. */
export async function chooseRunner({ directory, data, programs }: Needs): Promise<Runner> {
  const uid = process.getuid?.();
  const found = await stat(data).catch(() => null);
  if (uid !== 0) {
    if (found !== null && uid !== undefined && found.uid !== uid) throw foreign(data, found.uid);
    return runner(null, []);
  }
  const owner = await chooseOwner(found);
  const paths = [directory, ...programs];
  const reached = await Promise.all(paths.map((path) => isReachable(path, owner)));
  if (reached.every((can) => can)) return runner(owner, []);
  return runner(owner, await passingDirectories(owner, directory));
}

/** Makes a file or directory the database's own. */
export async function give(path: string, { owner }: Runner): Promise<void> {
  if (owner !== null) await chown(path, owner.uid, owner.gid);
}

/**
 * What to put before `initdb`, which asks for the name of its user, where that user has none: a
 * user namespace in which the same user is seen as one who has.
 */
export async function namedPrefix(): Promise<readonly string[]> {
  const accounts = await readAccounts();
  const uid = process.getuid?.();
  if (uid === undefined || uid === 0 || accounts.some((account) => account.uid === uid)) return [];
  const alias = accounts.find((account) => account.uid !== 0);
  if (alias === undefined || process.platform !== "linux") throw nameless(uid);
  return ["unshare", "--user", `--map-user=${alias.uid}`, `--map-group=${alias.gid}`];
}

/** The error of a user that Postgres will not run as. */
export function nameless(uid: number, cause?: unknown): Error {
  const message = `user id ${uid} has no usable entry in /etc/passwd: add one or set DATABASE_URL`;
  return storeError("DATABASE_USER_UNSUITABLE", message, { uid }, cause);
}

function runner(owner: Account | null, prefix: readonly string[]): Runner {
  return {
    owner,
    start(program, args, options = {}) {
      const [file = program, ...rest] = [...prefix, program, ...args];
      // With a prefix, that program changes the user itself.
      const as = owner === null || prefix.length > 0 ? {} : { uid: owner.uid, gid: owner.gid };
      const env = {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        TZ: "UTC",
      };
      return spawn(file, rest, { ...options, ...as, env });
    },
  };
}

async function chooseOwner(found: { readonly uid: number; readonly gid: number } | null) {
  const accounts = await readAccounts();
  if (found !== null && found.uid !== 0) {
    const name = accounts.find((account) => account.uid === found.uid)?.name ?? "";
    return { name, uid: found.uid, gid: found.gid };
  }
  const named = (name: string) => accounts.find((account) => account.name === name);
  const owner = named("postgres") ?? named("nobody") ?? accounts.find(({ uid }) => uid !== 0);
  if (owner === undefined) throw nameless(0);
  return owner;
}

/** Linux capabilities: 1 reads, writes and enters anything, 2 reads and enters anything. */
const CAPABILITIES = [
  { bit: 2n, name: "dac_read_search" },
  { bit: 1n, name: "dac_override" },
] as const;

/** Lets the user pass directories closed to it, such as /root, that lead to its own. */
async function passingDirectories(owner: Account, directory: string): Promise<readonly string[]> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  const capability = CAPABILITIES.find(({ bit }) => (held >> bit) & 1n);
  if (capability === undefined) {
    throw storeError(
      "DATABASE_DIRECTORY_UNUSABLE",
      `user ${owner.name} cannot reach ${directory}: give a directory that others may enter`,
      { directory, user: owner.name },
    );
  }
  const { name } = capability;
  return [
    "setpriv",
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    "--clear-groups",
    // Else access(2), by which initdb looks for its programs, would not count the capability.
    "--securebits=+no_setuid_fixup",
    `--inh-caps=+${name}`,
    `--ambient-caps=+${name}`,
  ];
}

function foreign(data: string, uid: number): Error {
  const message = `${data} belongs to user id ${uid}: run as that user or give another directory`;
  return storeError("DATABASE_DIRECTORY_UNUSABLE", message, { data, uid });
}

import { CodedError } from "@neurond/primitives";
import type { UpdaterCode } from "./errors.ts";
import { type GitOptions, git, gitText } from "./git.ts";
import { compareVersions, parseVersion, type Version } from "./version.ts";

/** A release that one of the trusted keys signed. */
export interface Release {
  readonly tag: string;
  readonly version: string;
  /** What the tag stands for. */
  readonly commit: string;
  /** As git says who signed. */
  readonly signer: string;
}

/** A tag of a newer version that is not to be followed. */
export interface Refused {
  readonly tag: string;
  readonly reason: "LIGHTWEIGHT" | "UNSIGNED" | "UNTRUSTED" | "RENAMED";
}

/** What is newer than the version that runs. */
export interface FoundRelease {
  /** The newest that is signed; null when none is. */
  readonly release: Release | null;
  /** Newer ones that are not signed as they must be: a mistake, or somebody else's. */
  readonly refused: readonly Refused[];
}

/** Where tags of the remote are kept, apart from those of the clone. */
const OURS = "refs/neurond-releases/";
const MAX_LOOKED_AT = 50;

/**
 * Fetches the tags of a remote and finds the newest signed release above `running`. Nothing is checked out,
 * and no tag or branch of the clone is touched.
 *
 * @throws CodedError GIT_FAILED, UPDATE_KEYS_MISSING
 */
export async function findRelease(
  options: GitOptions & { readonly remote: string; readonly running: Version },
): Promise<FoundRelease> {
  const { keys, remote, running } = options;
  if (keys.allowedSigners === undefined && keys.gnupgHome === undefined) {
    const text = "no key is trusted to sign releases: give allowed signers or a keyring";
    throw new CodedError<UpdaterCode>("UPDATE_KEYS_MISSING", text);
  }
  // After "--" nothing is taken for an option.
  const fetch = ["fetch", "--quiet", "--no-tags", "--prune", "--no-recurse-submodules"];
  await gitText(options, [...fetch, "--", remote, `+refs/tags/v*:${OURS}v*`]);
  const listed = await gitText(options, ["for-each-ref", "--format=%(refname)", OURS]);
  const newer = listed
    .split("\n")
    .map((ref) => ref.slice(OURS.length))
    .flatMap((tag) => {
      const version = parseVersion(tag);
      return version !== null && compareVersions(version, running) > 0 ? [{ tag, version }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version))
    .slice(0, MAX_LOOKED_AT);
  const refused: Refused[] = [];
  for (const { tag, version } of newer) {
    const judged = await judgeTag(options, tag);
    if (!("reason" in judged))
      return { release: { ...judged, version: version.join(".") }, refused };
    refused.push(judged);
  }
  return { release: null, refused };
}

async function judgeTag(
  options: GitOptions,
  tag: string,
): Promise<Refused | Omit<Release, "version">> {
  const ref = `${OURS}${tag}`;
  const kind = (await gitText(options, ["cat-file", "-t", ref])).trim();
  if (kind !== "tag") return { tag, reason: "LIGHTWEIGHT" };
  // What is judged and what is read must be one object, whatever the ref says meanwhile.
  const object = (await gitText(options, ["rev-parse", "--verify", ref])).trim();
  const text = await gitText(options, ["cat-file", "tag", object]);
  if (!/-----BEGIN (SSH|PGP) SIGNATURE-----/.test(text)) return { tag, reason: "UNSIGNED" };
  const { isFine, stdout, stderr } = await git(options, ["verify-tag", object]);
  if (!isFine) return { tag, reason: "UNTRUSTED" };
  // An old signed tag under a new name would bring an old version back.
  const header = text.split("\n\n", 1)[0] ?? "";
  const [, named] = /^tag (.+)$/m.exec(header) ?? [];
  const [, pointed] = /^object ([0-9a-f]{40,64})$/m.exec(header) ?? [];
  const isCommit = /^type commit$/m.test(header);
  if (named !== tag || pointed === undefined || !isCommit) return { tag, reason: "RENAMED" };
  return { tag, commit: pointed, signer: signerIn(`${stdout}\n${stderr}`) };
}

/** The line in which git, ssh or GnuPG says whose signature is good. */
function signerIn(text: string): string {
  const line = text.split("\n").find((each) => /good .*signature/i.test(each));
  return (line ?? "").replace(/^gpg: /, "").trim();
}

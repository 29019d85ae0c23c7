import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CodedError } from "@neurond/primitives";
import {
  applyRelease,
  type FoundRelease,
  findRelease,
  type GitOptions,
  parseVersion,
} from "@neurond/updater";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { UpdateShape } from "./schema.ts";

type Result = z.infer<typeof UpdateShape>;

/** `neurond update` */
export const update = defineAction<Result>({
  name: "update",
  summary: "look for a newer release that a trusted key signed; put it in place when told to",
  description:
    "Fetches the tags of the clone's remote (never a branch), and verifies the newest release above the one that runs against the keys you trust. Without --apply nothing is checked out, built or restarted: the commit that was signed is printed, with the lines that install it. With --apply it is checked out and built beside what runs, `current` in that directory is pointed at it, and --restart is run; when that fails `current` points back and --restart is run again. Exits 1 when there is something left to do: a newer release, or a tag that is not signed as it must be.",
  options: [
    { flags: "--allowed-signers <file>", description: "ssh keys that may sign releases" },
    { flags: "--gnupg-home <directory>", description: "a GnuPG keyring with those keys alone" },
    { flags: "--repository <directory>", description: "the clone (default: the one this is)" },
    { flags: "--remote <name>", description: "where tags come from (default: origin)" },
    { flags: "--running <version>", description: "what runs (default: the version of this)" },
    { flags: "--apply <directory>", description: "put a newer release in place under this" },
    { flags: "--restart <program>", description: "starts what is in $NEUROND_RELEASE (--apply)" },
    { flags: "--webhook-file <file>", description: "tell the https address in this file as well" },
  ],
  examples: [
    "neurond update --allowed-signers /etc/neurond/allowed_signers",
    "neurond update --allowed-signers signers --apply /opt/neurond --restart /opt/neurond/restart",
    "neurond update --allowed-signers signers --webhook-file /run/secrets/webhook --json",
  ],
  schema: async () => (await import("./schema.ts")).UpdateShape,
  run: async (call) => {
    const text = call.given("running") ?? ownVersion();
    const running = parseVersion(text);
    if (running === null) {
      throw new CodedError<UsageCode>("USAGE", `--running ${text} is no version such as 1.2.3`);
    }
    const [signers, gnupgHome] = [call.given("allowed-signers"), call.given("gnupg-home")];
    const clone = {
      directory: call.given("repository") ?? fileURLToPath(ROOT),
      keys: {
        allowedSigners: signers && resolve(signers),
        gnupgHome: gnupgHome && resolve(gnupgHome),
      },
      environment: call.env,
      signal: call.signal,
    };
    const remote = call.given("remote") ?? "origin";
    const found = await call.progress(
      "looking for releases",
      findRelease({ ...clone, remote, running }),
    );
    // Told before it is applied: this process may be among those restarted.
    const notified = await notify(call, text, found);
    const applied = await apply(call, clone, found);
    const { release, refused } = found;
    return {
      state: release !== null ? "newer" : refused.length > 0 ? "refused" : "current",
      running: text,
      release: release && { ...release },
      refused: refused.map((one) => ({ ...one })),
      applied,
      notified,
    };
  },
  human: ({ state, running, release, refused, applied }) =>
    [
      ...refused.map(({ tag, reason }) => `do not install ${tag}: ${reason}`),
      release === null
        ? `${running} is the newest signed release`
        : applied === null
          ? `${release.version} is signed (${release.signer}); ${running} runs. To install it:\n\n${steps(release)}`
          : `${release.version} (${release.signer}) is in place at ${applied.directory}${applied.switched ? "" : ", as before"}`,
      ...(state === "refused" ? ["tell who makes the releases: somebody may be trying"] : []),
    ].join("\n"),
  exitCode: ({ state, applied }) => (state === "current" || applied !== null ? 0 : 1),
});

/** In a directory of its own, so that what runs stays as it is until the new one is well. */
function steps({ tag, commit }: NonNullable<Result["release"]>): string {
  return [
    `  git worktree add --detach ../neurond-${tag} ${commit}`,
    `  cd ../neurond-${tag} && npm run build`,
    "  # start the daemon from there beside its /readyz; the old directory is the way back",
  ].join("\n");
}

async function apply(
  call: Call,
  clone: GitOptions,
  { release }: FoundRelease,
): Promise<Result["applied"]> {
  const releases = call.given("apply");
  if (releases === undefined || release === null) return null;
  const restart = call.given("restart");
  const { directory, isSwitched } = await call.progress(
    `building ${release.version}`,
    applyRelease({ ...clone, release, releases, restart }),
  );
  return { directory, switched: isSwitched };
}

async function notify(
  call: Call,
  running: string,
  { release, refused }: FoundRelease,
): Promise<boolean | null> {
  const file = call.given("webhook-file");
  if (file === undefined || (release === null && refused.length === 0)) return null;
  const { Webhook } = await import("@neurond/webhooks");
  const { Secret } = await import("@neurond/runtime");
  const url = new Secret(new TextDecoder().decode(await readInput(call, file)).trim());
  const webhook = new Webhook({ url, allowPrivate: false, source: "neurond update" });
  const news = release && {
    severity: "info" as const,
    code: "UPDATE_AVAILABLE",
    subject: release.version,
    text: `${release.version} is signed and newer than ${running}`,
  };
  const alarms = refused.map(({ tag, reason }) => ({
    severity: "critical" as const,
    code: "UPDATE_REFUSED",
    subject: tag,
    text: `${tag} is not signed as it must be: ${reason}`,
  }));
  const delivery = await webhook.send([...(news === null ? [] : [news]), ...alarms], call.signal);
  return delivery?.kind === "delivered";
}

const ROOT = new URL("../../../../../", import.meta.url);

function ownVersion(): string {
  const manifest = readFileSync(new URL("apps/cli/package.json", ROOT), "utf8");
  return String(JSON.parse(manifest).version);
}

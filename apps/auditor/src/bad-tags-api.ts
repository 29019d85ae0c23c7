import { type BadTagDirectory, BadTagFile } from "@neurond/audit/io";
import { verifySr25519Fast } from "@neurond/crypto";
import { CodedError, type Netuid } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { badTagOf, plausibleBadTag } from "@neurond/workload-storage/sweep";
import type { AuditorCode } from "./errors.ts";

/** What taking proofs in needs. */
export interface BadTagsDeps {
  readonly netuid: Netuid;
  /** The validators that are looked at; nobody hears of others. */
  readonly audited: () => Promise<readonly string[]>;
  readonly inbox: Pick<BadTagDirectory, "put">;
}

/** A proof of 18 KB as JSON, where bytes are hex. */
const MAX_BYTES = 65_536;
/** Of one address: checking one takes some milliseconds, and a miner has few. */
const PER_MINUTE = 30;

/**
 * Takes in what miners hold against validators. Nothing is kept that does not show a wrong tag under
 * both signatures; whether its secret is the committed one is seen in the validator's log, with its next run.
 */
export function serveBadTags(app: App, { netuid, audited, inbox }: BadTagsDeps): void {
  app.post(
    "/v1/bad-tags",
    {
      bodyLimit: MAX_BYTES,
      config: { rateLimit: { max: PER_MINUTE, timeWindow: "1 minute" } },
      schema: { summary: "Hand in a miner's proof of a wrong tag", body: BadTagFile },
    },
    async (request, reply) => {
      const { kind: _, v: __, ...proof } = request.body;
      const { grant } = proof.grant;
      if (grant.netuid !== netuid) throw refused(`it is about subnet ${grant.netuid}`);
      if (!(await audited()).includes(grant.validator))
        throw refused(`${grant.validator} is not audited here`);
      const fault = plausibleBadTag(badTagOf(proof), verifySr25519Fast);
      if (fault !== null) throw refused(`it shows no wrong tag: ${fault}`);
      const taken = await inbox.put(proof);
      if (taken === "full") {
        const text = `${grant.validator} has as many proofs against it as are kept; come again`;
        throw new CodedError<AuditorCode>("PROOFS_FULL", text);
      }
      return reply.status(taken === "kept" ? 202 : 200).send({ taken });
    },
  );
}

const refused = (why: string) =>
  new CodedError<AuditorCode>("PROOF_REFUSED", `the proof is not taken: ${why}`);

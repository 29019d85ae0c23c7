import type { z } from "zod";
import type { ExitCode } from "./failures.ts";
import type { SubmissionShape } from "./result-schemas.ts";

type Submission = z.infer<typeof SubmissionShape>;

/** The exit code a write's outcome stands for: what is not in a block is not done. */
export function submissionExitCode({ kind }: Submission): ExitCode {
  switch (kind) {
    case "included":
      return 0;
    case "tooSoon":
    case "rejected":
      return 1;
    case "unconfirmed":
      return 3;
  }
}

/** A write's outcome in one line. */
export function describeSubmission(submission: Submission): string {
  switch (submission.kind) {
    case "included":
      return `included in block ${submission.block}, extrinsic ${submission.extrinsic}`;
    case "tooSoon":
      return `too soon: the chain takes it in ${submission.blocks} blocks; nothing was sent`;
    case "rejected": {
      const { code, name, docs } = submission.error;
      return `rejected: ${code} (${name})${docs === undefined ? "" : `: ${docs}`}`;
    }
    case "unconfirmed":
      return `unconfirmed: sent at block ${submission.since} and not seen since; it may still happen (extrinsic ${submission.extrinsic})`;
  }
}

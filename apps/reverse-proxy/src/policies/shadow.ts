import type { Policy, Verdict } from "../policy.ts";

/** A policy that counts what it would turn away, and lets it by: to be watched before it is meant. */
export function shadow<Subject>(
  policy: Policy<Subject>,
  onDenied: (policy: string, code: string) => void,
): Policy<Subject> {
  const { name, judge } = policy;
  const count = (verdict: Verdict): undefined => {
    if (verdict !== undefined) onDenied(name, verdict.code);
  };
  return {
    name,
    judge: (subject) => {
      const verdict = judge(subject);
      return verdict instanceof Promise ? verdict.then(count) : count(verdict);
    },
  };
}

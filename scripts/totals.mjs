// `node scripts/totals.mjs <exit code so far> <result files>` prints one line over all runners.
// A result file is vitest's JSON report, localnet's outcome, or { passed, failed, skipped }.
import { existsSync, readFileSync } from "node:fs";

const [status, ...files] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of files.filter(existsSync)) {
  const { passed, failed, skipped } = countsOf(readReport(file));
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
// Types, lint, an install or a runner itself went wrong: no test says so, and the line must not look green.
if (status !== "0" && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

/** A runner that fell over half-way leaves half a report, or none. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { error: "not a report" };
  }
}

function countsOf(report) {
  if ("error" in report) return { passed: 0, failed: 1, skipped: 0 };
  if ("expectations" in report) {
    const passed = report.expectations.filter(({ isMet }) => isMet).length;
    return { passed, failed: report.expectations.length - passed, skipped: 0 };
  }
  if (!("numPassedTests" in report)) return report;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

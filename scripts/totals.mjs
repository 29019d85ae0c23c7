// `node scripts/totals.mjs <exit code so far> <result files>` prints one line over all runners.
// A result file is vitest's JSON report, or { passed, failed, skipped }.
import { existsSync, readFileSync } from "node:fs";

const [status, ...files] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of files.filter(existsSync)) {
  const { passed, failed, skipped } = countsOf(JSON.parse(readFileSync(file, "utf8")));
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
// Types, lint, an install or a runner itself went wrong: no test says so, and the line must not look green.
if (status !== "0" && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

function countsOf(report) {
  if (!("numPassedTests" in report)) return report;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

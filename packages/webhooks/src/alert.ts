/** Something a human must look at. */
export interface Alert {
  readonly severity: "info" | "warning" | "critical";
  /** What happened, as an upper-case code. */
  readonly code: string;
  /** Whom or what it is about. */
  readonly subject: string;
  readonly text: string;
}

const MAX_TEXT = 1_500;
const MAX_LISTED = 20;

/**
 * The body that is posted: alerts as data, and one text under the two names that chat services read
 * (`text`, `content`). Long ones are cut: whoever was told looks at the auditor itself.
 */
export function alertBody(source: string, alerts: readonly Alert[]): string {
  const listed = alerts.slice(0, MAX_LISTED).map(({ severity, code, subject, text }) => ({
    severity,
    code,
    subject: plain(subject, 200),
    text: plain(text, 400),
  }));
  const lines = listed.map(({ severity, code, text }) => `[${severity}] ${code}: ${text}`);
  const all = plain([`${source}: ${alerts.length} alert(s)`, ...lines].join("\n"), MAX_TEXT);
  return JSON.stringify({ source, count: alerts.length, alerts: listed, text: all, content: all });
}

/** Text from strangers: without control characters, and without what pings everybody in a chat. */
function plain(text: string, most: number): string {
  const printable = text.toWellFormed().replaceAll(/[^\P{C}\n]/gu, " ");
  return printable.replaceAll(/[@<]/g, (mark) => `${mark}\u200b`).slice(0, most);
}

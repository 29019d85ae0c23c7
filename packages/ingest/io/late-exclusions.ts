import { type Finding, finding } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import type { Warehouse } from "@neurond/warehouse";

/**
 * Requests that a complaint took out of the scores after the hour in which it was first exported, by that
 * hour: whoever never looks at a complaint twice still counts them.
 */
export async function lateExclusions(
  warehouse: Warehouse,
  validator: Hotkey,
): Promise<readonly Finding[]> {
  const { engine } = warehouse;
  const rows = await engine.exclusive(() =>
    engine.rows(
      `SELECT first, count(*) AS requests FROM
         (SELECT invocation_id, min(end_time) FILTER (confirmed_at IS NULL) AS first,
            min(end_time) FILTER (confirmed_at IS NOT NULL) AS confirmed
          FROM reports JOIN entries USING (seq) GROUP BY invocation_id)
       WHERE first < confirmed GROUP BY first ORDER BY first`,
    ),
  );
  return rows.map((row) =>
    finding(
      validator,
      "REQUEST_EXCLUDED_LATER",
      { subject: validator, endTime: Number(row["first"]) },
      `${Number(row["requests"])} requests with a complaint of this hour are excluded since a later one`,
    ),
  );
}

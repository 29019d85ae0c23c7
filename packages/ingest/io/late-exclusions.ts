import { type Finding, finding } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import type { Warehouse } from "@neurond/warehouse";

/**
 * Requests that a complaint took out of the scores after the hour in which it was first exported: whoever
 * never looks at a complaint twice still counts them.
 */
export async function lateExclusions(
  warehouse: Warehouse,
  validator: Hotkey,
): Promise<readonly Finding[]> {
  const { engine } = warehouse;
  const rows = await engine.exclusive(() =>
    engine.rows(
      `SELECT later.end_time AS end_time, count(DISTINCT invocation_id) AS requests FROM
         (SELECT invocation_id, min(end_time) AS end_time FROM reports JOIN entries USING (seq)
          WHERE confirmed_at IS NOT NULL GROUP BY invocation_id) later
       JOIN (SELECT invocation_id, min(end_time) AS first FROM reports JOIN entries USING (seq)
          WHERE confirmed_at IS NULL GROUP BY invocation_id) earlier USING (invocation_id)
       WHERE first < later.end_time GROUP BY later.end_time ORDER BY later.end_time`,
    ),
  );
  return rows.map((row) =>
    finding(
      validator,
      "REQUEST_EXCLUDED_LATER",
      { subject: validator, endTime: Number(row["end_time"]) },
      `${Number(row["requests"])} requests are excluded by complaints confirmed in this hour`,
    ),
  );
}

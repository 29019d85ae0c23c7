import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * JSON lines on stdout. Messages are constant and values are fields, so that lines group; bodies,
 * seeds and signatures that could be replayed are never logged.
 */
export const createLogger = (
  name: string,
  level: LogLevel = "info",
  destination?: DestinationStream,
): Logger =>
  pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
      redact: {
        paths: ["*.signature", "*.secret", "*.password", "*.authorization", "req.headers"],
        censor: "[redacted]",
      },
    },
    destination ?? pino.destination({ sync: false }),
  );

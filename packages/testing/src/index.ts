export { ManualClock } from "./clock.ts";
export { testDatabase } from "./postgres.ts";
export { hasRedis, type TestRedis, testRedis } from "./redis.ts";

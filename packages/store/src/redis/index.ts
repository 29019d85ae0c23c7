export { type RedisLimiterOptions, redisLimiter } from "./limiter.ts";
export { connectRedis, type RedisConnection, type RedisOptions } from "./redis.ts";
export { type RedisReplayOptions, redisReplay } from "./replay.ts";
export { type RedisSubnetShareOptions, redisSubnetShare } from "./subnet-share.ts";

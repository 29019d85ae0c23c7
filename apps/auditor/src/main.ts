import { auditorService } from "./service.ts";

const [, , file] = process.argv;

// biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
await auditorService({ environment: process.env, file });

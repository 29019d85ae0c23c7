import { validatorService } from "./service.ts";

const [, , file] = process.argv;

await validatorService({
  // biome-ignore lint/style/noProcessEnv: the one place where the process hands over its environment
  environment: process.env,
  file,
});

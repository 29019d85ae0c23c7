import { validatorService } from "./service.ts";

const [, , file] = process.argv;

await validatorService({
  environment: process.env,
  file,
});

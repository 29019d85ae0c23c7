import { readCommandLine, renderHelp, VALIDATOR_OPTIONS } from "@neurond/storage-rules";
import { validatorService } from "./service.ts";

const { file, overrides, wantsHelp } = readCommandLine(process.argv.slice(2), VALIDATOR_OPTIONS);

if (wantsHelp) {
  process.stdout.write(renderHelp("validator [configuration.yaml]", VALIDATOR_OPTIONS));
} else {
  await validatorService({ environment: process.env, file, overrides });
}

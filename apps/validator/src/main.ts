import { VALIDATOR_OPTIONS } from "@neurond/storage-rules";
import { readProcessLine } from "@neurond/storage-rules/io";
import { validatorService } from "./service.ts";

const line = readProcessLine("validator [configuration.yaml]", VALIDATOR_OPTIONS);
if (line !== null) await validatorService({ environment: process.env, ...line });

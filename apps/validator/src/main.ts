import { PREFIX } from "./config.ts";
import { validatorService } from "./service.ts";

const environment = process.env;

await validatorService({ environment, file: process.argv[2] ?? environment[`${PREFIX}_CONFIG`] });

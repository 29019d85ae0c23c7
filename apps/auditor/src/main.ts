import { auditorService } from "./service.ts";

const [, , file] = process.argv;

await auditorService({ environment: process.env, file });

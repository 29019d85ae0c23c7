import { z } from "zod";

/** Makes a run of that name, or changes the one there is. */
export const UPSERT = `mutation UpsertBucket($name: String, $project: String, $entity: String, $notes: String, $tags: [String!], $config: JSONString) {
  upsertBucket(input: {name: $name, modelName: $project, entityName: $entity, notes: $notes, tags: $tags, config: $config}) {
    bucket { name project { name entity { name } } }
  }
}`;

/** Asks where files of a run are to be put. */
export const CREATE_FILES = `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    uploadHeaders
    files { name uploadUrl }
  }
}`;

const name = z.string().min(1).max(256);
/** Absolute; a server of one's own may leave its own origin out. */
const UploadUrl = z
  .string()
  .min(1)
  .max(16_384)
  .refine((text) => URL.canParse(text, "http://localhost"));
/** The run, and whose it became. */
export const Upserted = z.object({
  upsertBucket: z.object({
    bucket: z.object({ name, project: z.object({ name, entity: z.object({ name }) }) }),
  }),
});
/** A place for each file, and the headers it is put with: `Name: value`. */
export const Created = z.object({
  createRunFiles: z.object({
    uploadHeaders: z.array(z.string().max(4096)).max(32).nullish(),
    files: z.array(z.object({ name, uploadUrl: UploadUrl })).max(16),
  }),
});
/** Any answer: what was asked for, or why not. */
export const Answered = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

import { s3Error } from "../errors.ts";
import { MAX_KEY_BYTES } from "../names.ts";
import { type Operation, ownBucket, readXmlBody, XML_HEADERS } from "../operation.ts";
import { childText } from "../xml/read.ts";
import { writeXml, type XmlNode } from "../xml/write.ts";

const MAX_BYTES = 2_097_152;
const MAX_OBJECTS = 1000;

/** `DELETE /bucket/key`; an object that is not there is deleted too. */
export const deleteObject: Operation = async (call) => {
  if (call.head.header("if-match") !== undefined) throw s3Error("NotImplemented");
  await ownBucket(call);
  await call.services.index.deleteObject(call.bucket, call.key);
  return { status: 204 };
};

/** `POST /bucket?delete` */
export const deleteObjects: Operation = async (call) => {
  const { services, bucket } = call;
  await ownBucket(call);
  const root = await readXmlBody(call, MAX_BYTES);
  const asked = root.children.filter(({ name }) => name === "Object");
  if (root.name !== "Delete" || asked.length === 0 || asked.length > MAX_OBJECTS) {
    throw s3Error("MalformedXML", `a Delete names 1 to ${MAX_OBJECTS} objects`);
  }
  const isQuiet = childText(root, "Quiet")?.trim() === "true";
  const deleted: XmlNode[] = [];
  const failed: XmlNode[] = [];
  for (const object of asked) {
    const key = childText(object, "Key") ?? "";
    const version = childText(object, "VersionId") ?? "null";
    if (key === "" || Buffer.byteLength(key) > MAX_KEY_BYTES || version !== "null") {
      const code = version === "null" ? "KeyTooLongError" : "NoSuchVersion";
      failed.push({ Key: key, Code: code, Message: "the object cannot be there" });
      continue;
    }
    await services.index.deleteObject(bucket, key);
    if (!isQuiet) deleted.push({ Key: key });
  }
  const body = writeXml("DeleteResult", { Deleted: deleted, Error: failed });
  return { status: 200, headers: XML_HEADERS, body };
};

/** `GET /bucket/key?tagging`: objects have no tags, and clients ask before they copy. */
export const getObjectTagging: Operation = async (call) => {
  await ownBucket(call);
  if ((await call.services.index.object(call.bucket, call.key)) === null)
    throw s3Error("NoSuchKey");
  return { status: 200, headers: XML_HEADERS, body: writeXml("Tagging", { TagSet: "" }) };
};

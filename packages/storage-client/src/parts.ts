// What a put is made of, for who measures it by parts; whoever stores files uses `putFile`.
export { KeptThreads } from "./kept-threads.ts";
export { Meter } from "./progress.ts";
export { type PutContext, putSegment } from "./put-segment.ts";
export { Slab } from "./slab.ts";
export { Slots } from "./slots.ts";

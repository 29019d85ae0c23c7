import { type AuthCode, answerRefusal, type ErrorDialect, refuse, STATUS } from "@neurond/epistula";
import { describe, expect, test } from "vitest";
import rows from "./vectors/answers.json" with { type: "json" };

const requestId = "r-1";
const codes = Object.keys(STATUS).filter((name): name is AuthCode => name in STATUS);
const isCode = (name: string): name is AuthCode => name in STATUS;
const isDialect = (name: string): name is ErrorDialect => ["dippy", "targon"].includes(name);

test.each(rows)(
  "$dialect answers $code with $status $detail",
  ({ dialect, code, status, detail }) => {
    if (!isCode(code) || !isDialect(dialect)) expect.unreachable();
    const answer = answerRefusal(refuse(code, "ours"), { requestId, errorDialect: dialect });
    expect(answer).toMatchObject({ status, body: { detail: detail ?? "ours", code, requestId } });
  },
);

describe.each(codes)("%s", (code) => {
  const refusal = refuse(code, "what failed");

  test("is answered with its status, code and detail", () => {
    expect(answerRefusal(refusal, { requestId })).toMatchObject({
      status: STATUS[code],
      body: { detail: "what failed", code, requestId },
    });
  });

  test("reads like every other 401 where errors are opaque, in any dialect", () => {
    for (const errorDialect of ["neurond", "dippy", "targon"] as const) {
      const answer = answerRefusal(refusal, { requestId, errorDialect, opaqueErrors: true });
      if (STATUS[code] === 401) {
        expect(answer).toEqual({
          status: 401,
          headers: { "WWW-Authenticate": "btauth/1" },
          body: { detail: "unauthorized", code: "UNAUTHORIZED", requestId },
        });
      } else expect(answer.body.code).toBe(code);
    }
  });

  test("says how to go on where a client can", () => {
    const { status, headers } = answerRefusal({ ...refusal, retryAfterSeconds: 9 }, { requestId });
    const retry = status === 429 || status === 503;
    expect(headers).toEqual({
      ...(status === 401 && { "WWW-Authenticate": "btauth/1" }),
      ...(retry && { "Retry-After": "9" }),
    });
  });
});

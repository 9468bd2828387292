import assert from "node:assert/strict";
import { faultOf, noAnswer, readAnswer } from "../../../src/adapters/kubernetes/faults.ts";
import { ClusterFault } from "../../../src/ports/cluster.ts";

const status = (reason: string, message = "no") => JSON.stringify({ kind: "Status", reason, message });

describe("faultOf", () => {
  for (const [http, reason, code] of [
    [404, "NotFound", "not-found"],
    [409, "Conflict", "conflict"],
    [409, "AlreadyExists", "already-exists"],
    [403, "Forbidden", "forbidden"],
    [401, "Unauthorized", "unauthorized"],
    [422, "Invalid", "invalid"],
    [400, "BadRequest", "invalid"],
    [415, "UnsupportedMediaType", "invalid"],
    [413, "RequestEntityTooLarge", "invalid"],
    [429, "TooManyRequests", "too-many-requests"],
    [410, "Expired", "gone"],
    [410, "Gone", "gone"],
    [500, "InternalError", "server-error"],
    [503, "ServiceUnavailable", "server-error"],
    [504, "Timeout", "server-error"],
    [409, "constructor", "conflict"],
  ] as const)
    it(`takes ${http} ${reason} for ${code}`, () => {
      assert.equal(faultOf(http, status(reason)).code, code);
    });

  it("goes by the HTTP status when something in between answers in its own words", () => {
    const codes = [401, 403, 404, 409, 410, 418, 429, 302, 502].map((http) => faultOf(http, "<html>").code);
    assert.deepEqual(codes, [
      ...["unauthorized", "forbidden", "not-found", "conflict", "gone", "invalid", "too-many-requests"],
      ...["server-error", "server-error"],
    ]);
    assert.equal(faultOf(502, "<html>").says, "the API server answered 502");
  });

  it("keeps the server's sentence, on one line and bounded, and the audit id", () => {
    const fault = faultOf(422, status("Invalid", `bad\n\u202evalue\u0000 ${"x".repeat(1_000)}`), "audit-7");
    assert.match(fault.says, /^bad value x+$/);
    assert.equal(fault.says.length, 300);
    assert.equal(fault.auditId, "audit-7");
  });

  it("takes what looks like a token out of the server's sentence", () => {
    const fault = faultOf(401, status("Unauthorized", "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln is no good"));
    assert.equal(fault.says, "token [removed] is no good");
  });

  // As a v1.36.2 server words them; the first one quotes the whole object.
  for (const [what, causes, says] of [
    [
      "an unknown field",
      [
        {
          field: "patch",
          message: `Invalid value: "${'{\\"env\\":\\"hunter2\\"}'.repeat(9)}": strict decoding error: unknown field "spec.replicaz"`,
        },
      ],
      'patch: Invalid value: [...]: strict decoding error: unknown field "spec.replicaz"',
    ],
    [
      "an immutable field",
      [{ field: "spec.selector", message: 'Invalid value: {"matchLabels":{"a":"hunter2: }"}}: field is immutable' }],
      "spec.selector: Invalid value: [...]: field is immutable",
    ],
    [
      "a value out of range, said twice",
      [
        { field: "spec.replicas", message: "Invalid value: -1: must be greater than or equal to 0" },
        { field: "spec.replicas", message: "Invalid value: -1: must be greater than or equal to 0" },
      ],
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    ],
    [
      "an admission policy",
      [{ message: "ValidatingAdmissionPolicy 'a' with binding 'a' denied request: it must be immutable" }],
      "ValidatingAdmissionPolicy 'a' with binding 'a' denied request: it must be immutable",
    ],
  ] as const)
    it(`tells ${what} by its cause, without what the server quotes of the object`, () => {
      const message = `"" is invalid: ${causes.map((cause) => cause.message).join(", ")}`;
      const fault = faultOf(422, JSON.stringify({ reason: "Invalid", message, details: { causes } }));
      assert.equal(fault.says, says);
      const uncaused = faultOf(400, JSON.stringify({ reason: "BadRequest", message }));
      assert.ok(!uncaused.says.includes("hunter2"), uncaused.says);
    });

  // As a v1.36.2 server words an eviction that a budget has no room for.
  const blocked = {
    kind: "Status",
    reason: "TooManyRequests",
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: {
      causes: [
        { reason: "DisruptionBudget", message: "The disruption budget api needs 2 healthy pods and has 2 currently" },
      ],
    },
  };

  it("tells a disruption budget from a busy server, and names it", () => {
    const { code, says } = faultOf(429, JSON.stringify(blocked));
    assert.deepEqual([code, says], ["disruption-budget", blocked.details.causes[0]?.message]);
    const silent = { ...blocked, details: { causes: [{ reason: "DisruptionBudget" }] } };
    assert.equal(faultOf(429, JSON.stringify(silent)).says, blocked.message);
    for (const details of [undefined, {}, { causes: [] }, { causes: [{ reason: "Other", message: "x" }] }]) {
      const { code, says } = faultOf(429, JSON.stringify({ ...blocked, details }));
      assert.deepEqual([code, says], ["too-many-requests", blocked.message]);
    }
    // Only of a server that is busy is that cause a cause.
    assert.equal(faultOf(403, JSON.stringify({ ...blocked, reason: "Forbidden" })).code, "forbidden");
  });

  it("keeps how long the server asked to be left alone, bounded, where it is about that", () => {
    const pause = (http: number, retryAfter?: string) => faultOf(http, "", "audit-7", retryAfter).retryAfterMs;
    assert.deepEqual([pause(429, "2"), pause(503, "0"), pause(429, "60")], [2_000, 0, 60_000]);
    assert.deepEqual([pause(429, "61"), pause(503, "999999999")], [60_000, 60_000]);
    for (const none of [undefined, "", "-1", "1.5", "1e9", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "9".repeat(400)])
      assert.equal(pause(429, none), undefined, none);
    for (const http of [400, 403, 409, 500, 504]) assert.equal(pause(http, "2"), undefined);
  });

  it("survives any body", () => {
    for (const body of [
      "",
      "null",
      "7",
      '"x"',
      "[]",
      '{"reason":7,"message":{}}',
      "{",
      '{"details":{"causes":[null,7,{}]},"reason":"Invalid"}',
      '{"details":{"causes":[null,7,{}]},"reason":"TooManyRequests"}',
      '{"details":{"causes":7},"reason":"TooManyRequests"}',
    ])
      assert.equal(faultOf(403, body).says, "the API server answered 403");
  });
});

describe("readAnswer", () => {
  it("says nothing of an answer that cannot be read", () => {
    assert.throws(
      () => readAnswer('{"token":"secret-of-mine", oops'),
      (fault) => fault instanceof ClusterFault && fault.code === "no-answer" && !fault.says.includes("secret"),
    );
  });
});

describe("noAnswer", () => {
  it("names the kind of the fault and nothing of its text", () => {
    const fault = noAnswer(Object.assign(new Error("Bearer abc to 10.0.0.1"), { code: "ECONNRESET" }));
    assert.equal(fault.code, "no-answer");
    assert.equal(fault.says, "the API server gave no answer (ECONNRESET)");
    assert.equal(fault.cause, undefined);
  });
});

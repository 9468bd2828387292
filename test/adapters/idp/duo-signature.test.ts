import assert from "node:assert/strict";
import { duoAuthorization, queryOf } from "../../../src/adapters/idp/duo-signature.ts";

// Keys and call of Duo's documentation; the signatures are what @duosecurity/duo_api 1.5.0 makes of them.
const keys = { integrationKey: "DIWJ8X6AEYOR5OMC6TQ1", secret: "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep" };
const call = { date: "Tue, 21 Aug 2012 17:29:18 GMT", host: "API-XXXXXXXX.duosecurity.com" };

function signatureOf(authorization: string): string | undefined {
  return Buffer.from(authorization.replace("Basic ", ""), "base64").toString().split(":")[1];
}

describe("the signature of a call to Duo", () => {
  it("is the vendor's own for a body", () => {
    const body = '{"device":"auto","factor":"push","hostname":"wks01","ipaddr":"10.2.3.4","username":"narroway"}';
    assert.equal(
      signatureOf(duoAuthorization({ ...call, method: "POST", path: "/auth/v2/auth", query: "", body }, keys)),
      "c41385975677a0be735a3987946a6034057f48181138877dbb7cb3d09903e4e256b51a19bcc4409916ac5e1c574af286affeb9feef618fc3bfa002fcf8d9a557",
    );
  });

  it("is the vendor's own for a query, whatever stands in it and in whatever order", () => {
    const query = queryOf({ txid: "45f7c92b-f45f-4862-8545-e0f58e78075a", b: "a b!'()*~é" });
    assert.equal(
      signatureOf(duoAuthorization({ ...call, method: "GET", path: "/auth/v2/auth_status", query, body: "" }, keys)),
      "310c5f11c0bc102abce5713fcca55483665876df1388ae23a13e661dead8fe30b7a47d2eb6d771ea1bce9fa22dec9476de80fd5ae83f0e16b42d4c4b5e286380",
    );
  });
});

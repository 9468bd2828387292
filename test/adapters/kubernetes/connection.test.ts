import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { readConnection } from "../../../src/adapters/kubernetes/connection.ts";
import { clientCertificate, type KubeconfigParts, writeKubeconfig } from "./kubeconfig.ts";

const server = "https://127.0.0.1:6443/clusters/a";
const token = { token: "one" };

function read(parts: Partial<KubeconfigParts>, context?: string) {
  const { path, remove } = writeKubeconfig({ server, user: token, ...parts });
  try {
    return readConnection({ name: "prod-1", kubeconfig: path, context });
  } finally {
    remove();
  }
}

describe("readConnection", () => {
  it("finds server, authority, server name and certificate", () => {
    const user = clientCertificate({ cert: "CERT", key: "KEY" });
    const connection = read({ ca: "CA", cluster: { "tls-server-name": "k.internal" }, user });
    assert.equal(connection.server.href, server);
    const { ca, tlsServerName, certificate } = connection;
    assert.deepEqual(
      { ca, tlsServerName, certificate },
      {
        ca: "CA",
        tlsServerName: "k.internal",
        certificate: { cert: "CERT", key: "KEY" },
      },
    );
  });

  it("reads the worker's token anew each time: it is renewed on disk", () => {
    const { path, remove } = writeKubeconfig({ server, user: token });
    const { ownToken } = readConnection({ name: "prod-1", kubeconfig: path });
    assert.equal(ownToken(), "one");
    writeFileSync(path, readFileSync(path, "utf8").replace('"one"', '"two"'));
    assert.equal(ownToken(), "two");
    remove();
  });

  for (const [what, parts, says] of [
    ["plain http", { server: "http://127.0.0.1:8080" }, /must begin with https/],
    [
      "a server nobody proved",
      { cluster: { "insecure-skip-tls-verify": true } },
      /insecure-skip-tls-verify is refused/,
    ],
    ["a proxy", { cluster: { "proxy-url": "http://proxy" } }, /proxy-url is not supported/],
    ["a login program", { user: { exec: { command: "login" } } }, /no login program/],
    ["an auth provider", { user: { "auth-provider": { name: "oidc" } } }, /no login program/],
    ["a password", { user: { username: "a", password: "b" } }, /no login program, password/],
    ["impersonation", { user: { ...token, as: "root" } }, /impersonation/],
    ["no credential at all", { user: {} }, /neither a token nor a certificate/],
  ] as const)
    it(`refuses ${what}, naming the cluster`, () => {
      assert.throws(() => read(parts), says);
      assert.throws(() => read(parts), /^Error: cluster prod-1: /);
    });

  it("refuses a context that is not there", () => {
    assert.throws(() => read({}, "other"), /names no cluster and user/);
  });

  it("says why a file cannot be read, and quotes nothing of it", () => {
    assert.throws(() => readConnection({ name: "a", kubeconfig: "/nowhere/config" }), /cannot be read \(ENOENT\)/);
    const { path, remove } = writeKubeconfig({ server });
    writeFileSync(path, 'users: [{user: {token: "a-secret-token\n  : : ');
    assert.throws(
      () => readConnection({ name: "a", kubeconfig: path }),
      (fault) =>
        fault instanceof Error &&
        /it is no kubeconfig/.test(fault.message) &&
        !String(fault.stack).includes("a-secret"),
    );
    remove();
  });

  it("says so when no kubeconfig is given outside of a cluster", () => {
    assert.throws(() => readConnection({ name: "a" }), /no kubeconfig is given, and this is no pod/);
  });
});

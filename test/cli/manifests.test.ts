import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { renderAccounts } from "../../src/operation/accounts.ts";
import { renderAdmission } from "../../src/operation/admission.ts";
import { runCli } from "../lab/processes/run-cli.ts";

const objectsIn = (text: string): readonly unknown[] =>
  parseAllDocuments(text).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });

describe("countersign manifests", function () {
  this.timeout(30_000);

  it("prints the accounts for every namespace named, and the second lock", async () => {
    const { code, stdout, stderr } = await runCli(["manifests", "-n", "prod", "--namespace", "staging", "-n", "prod"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(objectsIn(stdout), [...renderAccounts({ namespaces: ["prod", "staging"] }), ...renderAdmission()]);
  });

  it("prints one part where one is asked for", async () => {
    const [accounts, admission] = await Promise.all([
      runCli(["manifests", "-n", "a", "--part", "accounts"]),
      runCli(["manifests", "--part", "admission"]),
    ]);
    assert.deepEqual(objectsIn(accounts.stdout), renderAccounts({ namespaces: ["a"] }));
    assert.deepEqual(objectsIn(admission.stdout), renderAdmission());
    assert.deepEqual([accounts.stderr, admission.stderr], ["", ""]);
  });

  it("lets the roles be bound that are named, and by the second lock no others", async () => {
    const roles = ["debug", "view"];
    const { code, stdout } = await runCli(["manifests", "-n", "prod", "--role", "debug", "--role", "view"]);
    assert.equal(code, 0);
    const namespaces = ["prod"];
    assert.deepEqual(objectsIn(stdout), [...renderAccounts({ namespaces, roles }), ...renderAdmission({ roles })]);
    assert.match(stdout, /object.roleRef.name in \['debug', 'view'\]/);
  });

  it("says for which namespace it is when none was named", async () => {
    const { code, stdout, stderr } = await runCli(["manifests"]);
    assert.equal(code, 0);
    assert.match(stderr, /no --namespace given, so this is for prod/);
    assert.deepEqual(objectsIn(stdout), [...renderAccounts({ namespaces: ["prod"] }), ...renderAdmission()]);
  });

  for (const [words, says] of [
    [["-n", "Prod"], '"Prod" cannot be a namespace'],
    [["-n", "prod", "-n", ".."], '".." cannot be a namespace'],
    [["-n", "countersign"], "Countersign does not operate in the namespace countersign"],
    [["-n", "countersign-operations"], "Countersign does not operate in the namespace countersign-operations"],
    [["-n", "prod", "--role", "cluster-admin"], '"cluster-admin" is no role that can be given'],
    [["--part", "admission", "--role", "admin"], '"admin" is no role that can be given'],
    [["--part", "all"], "--part all: there are accounts and admission"],
  ] as const)
    it(`refuses ${words.join(" ")} with 64, and prints nothing that could be applied`, async () => {
      const { code, stdout, stderr } = await runCli(["manifests", ...words]);
      assert.deepEqual([code, stdout], [64, ""]);
      assert.ok(stderr.includes(says), stderr);
    });
});

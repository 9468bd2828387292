import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sealingKey } from "../../../src/adapters/authenticators/seal.ts";
import { stepUpLinks } from "../../../src/adapters/authenticators/step-up-links.ts";

const key = () => sealingKey("k-1", randomBytes(32).toString("base64"));
const about = { request: "r-abcd234567", subject: "bob", purpose: "approve", expiresAt: 1 } as const;

describe("links to a step-up", () => {
  const links = stepUpLinks([key()]);

  it("stand for what they were made for, with a salt of their own", () => {
    const [one, other] = [links.read(links.make(about)), links.read(links.make(about))];
    assert.ok(one && other);
    const { salt, ...rest } = one;
    assert.deepEqual(rest, about);
    assert.match(salt, /^[\w-]{43}$/);
    assert.notEqual(salt, other.salt);
  });

  it("are taken while the key that made them is retired, and not once it is dropped", () => {
    const [old, current] = [key(), sealingKey("k-2", randomBytes(32).toString("base64"))];
    const link = stepUpLinks([old]).make(about);
    assert.equal(stepUpLinks([current, old]).read(link)?.subject, "bob");
    assert.equal(stepUpLinks([current]).read(link), undefined);
  });

  it("attack: stand for nothing once a letter of them is changed, or when somebody else's key made them", () => {
    const link = links.make(about);
    const [text = "", mac = ""] = link.split(".");
    const carols = Buffer.from(JSON.stringify({ ...links.read(link), subject: "carol" })).toString("base64url");
    for (const forged of ["", ".", text, `${text}.`, `${carols}.${mac}`, `${link}.x`, stepUpLinks([key()]).make(about)])
      assert.equal(links.read(forged), undefined, forged);
  });
});

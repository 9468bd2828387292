import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Image,
  imageInFull,
  isAt,
  parseImage,
  parseImagePlace,
  splitAssignment,
} from "../../src/operation/image.ts";

const digest = `sha256:${"a".repeat(64)}`;

function read(text: string): Image {
  const image = parseImage(text);
  assert.ok(!("wrong" in image), `${text}: ${JSON.stringify(image)}`);
  return image;
}
function wrong(text: string): string {
  const image = parseImage(text);
  assert.ok("wrong" in image, `${text} was taken for ${JSON.stringify(image)}`);
  return image.wrong;
}

describe("parseImage", () => {
  const full: readonly (readonly [string, string])[] = [
    ["registry.example/api:1.2", "registry.example/api:1.2"],
    ["registry.example:5000/team/api:1", "registry.example:5000/team/api:1"],
    ["localhost/api:1", "localhost/api:1"],
    ["localhost:5000/api:1", "localhost:5000/api:1"],
    ["nginx:1.27", "docker.io/library/nginx:1.27"],
    ["team/api:1", "docker.io/team/api:1"],
    ["docker.io/nginx:1", "docker.io/library/nginx:1"],
    ["index.docker.io/nginx:1", "docker.io/library/nginx:1"],
    ["a/b/c/d:1", "docker.io/a/b/c/d:1"],
    [`registry.example/api@${digest}`, `registry.example/api@${digest}`],
    [`registry.example/api:latest@${digest}`, `registry.example/api:latest@${digest}`],
    ["registry.example/a__b-c--d.e:_1.2-x", "registry.example/a__b-c--d.e:_1.2-x"],
  ];
  for (const [text, inFull] of full)
    it(`reads ${text} as ${inFull}`, () => {
      assert.equal(imageInFull(read(text)), inFull);
      assert.deepEqual(read(inFull), read(text));
    });

  it("keeps the port of a registry and a tag apart", () => {
    assert.deepEqual(read("registry.example:5000/api:80"), {
      registry: "registry.example:5000",
      repository: "api",
      tag: "80",
    });
    assert.match(wrong("registry.example:5000/api"), /neither tag nor digest/);
  });

  for (const text of ["api", "registry.example/api", "registry.example:5000/api"])
    it(`refuses ${text}, which names no version`, () => assert.match(wrong(text), /neither tag nor digest/));

  it("refuses the tag latest, which is no version", () =>
    assert.match(wrong("nginx:latest"), /whatever is the latest/));

  const hostile = [
    ["", "/", ":", "@", ":1", "/api:1", "registry.example/:1", "registry.example//api:1", "api:", "api:1:2", "a b:1"],
    ["http://registry.example/api:1", "https://registry.example/api:1", "user@registry.example/api:1"],
    [
      "registry.example/../api:1",
      "registry.example/./api:1",
      "../api:1",
      "registry.example/api/:1",
      "-api:1",
      "api-:1",
    ],
    ["Registry.example/api:1", "registry.example/API:1", "registry.example./api:1", ".registry.example/api:1"],
    [
      "registry.example:0/api:1",
      "registry.example:/api:1",
      "registry.example:abc/api:1",
      "registry.example:123456/a:1",
    ],
    [
      "registry..example/api:1",
      "-registry.example/api:1",
      "registry-.example/api:1",
      "[::1]/api:1",
      "reg_istry.example/a:1",
    ],
    [
      "registry.example/api:.1",
      "registry.example/api:-1",
      `registry.example/api:${"1".repeat(129)}`,
      "registry.example/a*:1",
    ],
    ["registry.example/api@sha256:abc", `registry.example/api@md5:${"a".repeat(64)}`, `api@${digest}@${digest}`],
    [`registry.example/api@${digest.toUpperCase()}`, `registry.example/api@${digest}0`, `@${digest}`, "api:1@"],
    [
      "registry.exаmple/api:1",
      "registry.example/аpi:1",
      "registry.example/api:1\n",
      "registry.example/api:1 ",
      "api:1;x",
    ],
    [
      "registry.example%2fapi:1",
      "registry.example\\api:1",
      "registry.example/a?b:1",
      "registry.example/a#b:1",
      "$(id):1",
    ],
    [`registry.example/${"a".repeat(256)}:1`],
  ].flat();
  for (const text of hostile) it(`refuses ${JSON.stringify(text)}`, () => assert.ok(wrong(text).length > 0));

  it("takes no text for an image that does not read as the same when written in full", () => {
    const piece = fc.stringMatching(/^[a-zA-Z0-9._:/@*-]{0,20}$/);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          piece,
          fc.tuple(piece, piece).map((parts) => parts.join("/")),
        ),
        (text) => {
          const image = parseImage(text);
          if ("wrong" in image) return;
          assert.deepEqual(parseImage(imageInFull(image)), image);
          assert.match(imageInFull(image), /^[a-z0-9.:-]+(\/[a-z0-9._-]+)+(:[\w.-]+)?(@sha256:[a-f0-9]{64})?$/);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("the place of an image", () => {
  const at = (image: string, place: string) => {
    const parsed = parseImagePlace(place);
    assert.ok(parsed, place);
    return isAt(read(image), parsed);
  };

  for (const [image, place, isThere] of [
    ["registry.example/api:1", "registry.example", true],
    ["registry.example/api:1", "registry.example/", true],
    ["registry.example/team/api:1", "registry.example/team", true],
    ["registry.example/team:1", "registry.example/team", true],
    ["registry.example/team/api:1", "registry.example/team/api", true],
    ["nginx:1", "docker.io/library", true],
    ["registry.example/teammate/api:1", "registry.example/team", false],
    ["registry.example/team-evil/api:1", "registry.example/team/", false],
    ["registry.example/other/team/api:1", "registry.example/team", false],
    ["registry.example.evil.org/api:1", "registry.example", false],
    ["evil-registry.example/api:1", "registry.example", false],
    ["sub.registry.example/api:1", "registry.example", false],
    ["registry.example:5000/api:1", "registry.example", false],
    ["registry.example/api:1", "registry.example:5000", false],
    ["evil/nginx:1", "docker.io/library", false],
    ["docker.io/registry.example/api:1", "registry.example", false],
  ] as const)
    it(`${isThere ? "holds" : "does not hold"} ${image} at ${place}`, () => assert.equal(at(image, place), isThere));

  for (const text of [
    "",
    "/",
    "team",
    "team/api",
    "*",
    "*.example",
    "registry.example/*",
    "registry.example//a",
    "Registry.example",
    "https://registry.example",
    "registry.example/api:1",
  ])
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseImagePlace(text), undefined));
});

describe("an assignment of an image", () => {
  it("is split at its first =", () => {
    assert.deepEqual(splitAssignment("api=registry.example/api:1"), {
      container: "api",
      image: "registry.example/api:1",
    });
    assert.deepEqual(splitAssignment("api=a=b"), { container: "api", image: "a=b" });
  });
  for (const text of ["api", "=image:1", "*=image:1", "A=image:1", "a.b=image:1", "../x=image:1", ""])
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(splitAssignment(text), undefined));
});

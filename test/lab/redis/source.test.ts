import assert from "node:assert/strict";
import { chooseOwnSource, chooseSource, type Surroundings } from "./source.ts";

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n';
const ubuntu = 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n';
const derived = 'NAME="Something"\nID=something\nID_LIKE="ubuntu debian"\n';
const fedora = 'NAME="Fedora Linux"\nID=fedora\n# not debian\n';

function machine(programs: readonly string[], change: Partial<Surroundings> = {}): Surroundings {
  return {
    env: { PATH: "/opt/bin::/usr/bin" },
    uid: 1000,
    osRelease: "",
    canExecute: (path) => programs.includes(path),
    ...change,
  };
}

describe("chooseSource", () => {
  it("takes REDIS_URL before anything else", () => {
    const surroundings = machine(["/usr/bin/redis-server"], { env: { REDIS_URL: "redis://r", PATH: "/usr/bin" } });
    assert.deepEqual(chooseSource(surroundings), { kind: "given", url: "redis://r" });
  });

  it("takes no empty REDIS_URL", () => {
    const surroundings = machine(["/usr/bin/redis-server"], { env: { REDIS_URL: "", PATH: "/usr/bin" } });
    assert.deepEqual(chooseSource(surroundings), { kind: "program", path: "/usr/bin/redis-server" });
  });

  it("does not look at REDIS_URL for a Redis that must be ours", () => {
    const surroundings = machine(["/usr/bin/redis-server"], { env: { REDIS_URL: "redis://r", PATH: "/usr/bin" } });
    assert.deepEqual(chooseOwnSource(surroundings), { kind: "program", path: "/usr/bin/redis-server" });
  });

  it("takes the first program on PATH, redis-server before valkey-server", () => {
    const both = ["/opt/bin/valkey-server", "/opt/bin/redis-server", "/usr/bin/redis-server"];
    assert.deepEqual(chooseSource(machine(both)), { kind: "program", path: "/opt/bin/redis-server" });
    assert.deepEqual(chooseSource(machine(["/usr/bin/valkey-server"])), {
      kind: "program",
      path: "/usr/bin/valkey-server",
    });
  });

  it("never takes a program from the working directory for an empty entry of PATH", () => {
    assert.deepEqual(chooseSource(machine(["redis-server", "./redis-server"])), { kind: "none" });
  });

  for (const [system, osRelease] of Object.entries({ Debian: debian, Ubuntu: ubuntu, "a child of theirs": derived }))
    it(`installs the package on ${system} as root`, () => {
      assert.deepEqual(chooseSource(machine(["/usr/bin/apt-get"], { uid: 0, osRelease })), { kind: "package" });
    });

  it("installs nothing where a program is there already", () => {
    const surroundings = machine(["/usr/bin/apt-get", "/usr/bin/redis-server"], { uid: 0, osRelease: debian });
    assert.deepEqual(chooseSource(surroundings), { kind: "program", path: "/usr/bin/redis-server" });
  });

  it("installs nothing as anybody but root, on another system, or without apt-get", () => {
    const apt = ["/usr/bin/apt-get"];
    assert.deepEqual(chooseSource(machine(apt, { uid: 1000, osRelease: debian })), { kind: "none" });
    assert.deepEqual(chooseSource(machine(apt, { uid: undefined, osRelease: debian })), { kind: "none" });
    assert.deepEqual(chooseSource(machine(apt, { uid: 0, osRelease: fedora })), { kind: "none" });
    assert.deepEqual(chooseSource(machine([], { uid: 0, osRelease: debian })), { kind: "none" });
  });
});

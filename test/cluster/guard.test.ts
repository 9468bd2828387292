import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../contract/kubernetes/bench.ts";

/** A process that owns a guarded folder and a guarded `sleep`, says both, and ends as told. */
const owner = `
  import { spawn } from "node:child_process";
  import { mkdtempSync, writeFileSync } from "node:fs";
  import { tmpdir } from "node:os";
  import { Guard } from ${JSON.stringify(join(import.meta.dirname, "guard.ts"))};
  const folder = mkdtempSync(tmpdir() + "/countersign-guard-");
  writeFileSync(folder + "/file", "");
  const guard = new Guard(folder);
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  guard.watch(child);
  process.stdout.write(JSON.stringify({ pid: child.pid, folder }) + "\\n", () => END);
`;

async function ownerThatEnds(end: string): Promise<{ pid: number; folder: string }> {
  const source = owner.replace("END", end);
  const owning = spawn(process.execPath, ["--input-type=module-typescript", "-e", source]);
  let said = "";
  owning.stdout.on("data", (part) => {
    said += part;
  });
  await once(owning, "close");
  return JSON.parse(said) as { pid: number; folder: string };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("Guard", () => {
  const ends = {
    "was killed": `process.kill(process.pid, "SIGKILL")`,
    threw: `{ throw new Error("on purpose") }`,
    exited: `process.exit(0)`,
    "dismissed it": `guard.dismiss()`,
  };
  for (const [how, end] of Object.entries(ends))
    it(`leaves no process and no folder of an owner that ${how}`, async () => {
      const { pid, folder } = await ownerThatEnds(end);
      await eventually(
        async () => lives(pid) || existsSync(folder),
        (left) => !left,
      );
    });

  it("removes the folder though what it guarded had ended before", async () => {
    const { folder } = await ownerThatEnds(`{ child.kill(); child.once("exit", () => process.kill(process.pid, 9)) }`);
    await eventually(
      async () => existsSync(folder),
      (left) => !left,
    );
  });
});

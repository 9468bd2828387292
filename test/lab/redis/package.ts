import { spawn } from "node:child_process";
import { once } from "node:events";

// Debian starts what it installs, unless policy-rc.d says 101 (invoke-rc.d(8)); ours is gone again whatever happens.
const script = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -q -o DPkg::Lock::Timeout=120 install -y --no-install-recommends redis-server; }
install || { apt-get -q update && install; }
`;

/** Installs Debian's redis-server without starting its service; rejects with the last words of apt-get. Takes a minute. */
export async function installPackage(say: (line: string) => void): Promise<void> {
  say("No redis-server on this machine: installing Debian's package with apt-get.");
  const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const listen = (part: unknown) => {
    said = `${said}${String(part)}`.slice(-2_000);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0)
    throw new Error(`apt-get could not install redis-server: ${said.trim().split("\n").slice(-3).join(" ")}`);
}

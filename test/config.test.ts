import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enrolmentSettings, pagesOrigin, recordSettings, webSettings, workerSettings } from "../src/config.ts";
import { type Environment, FaultyConfiguration } from "../src/environment.ts";

const keys = generateKeyPairSync("ed25519");
const privatePem = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const publicPem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const rsaPem = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (fault) {
    assert.ok(fault instanceof FaultyConfiguration, String(fault));
    return fault.faults;
  }
  return [];
}

describe("the settings", () => {
  let folder: string;
  let web: Record<string, string>;
  let worker: Record<string, string>;
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-config-"));
    const common = {
      REDIS_URL: "redis://127.0.0.1:6379",
      COUNTERSIGN_POLICY: "policy.yaml",
      COUNTERSIGN_DIRECTORY: "directory.yaml",
    };
    web = {
      ...common,
      SLACK_BOT_TOKEN: "xoxb-1",
      SLACK_APP_TOKEN: "xapp-1",
      SLACK_APP_ID: "A0123ABC",
      SLACK_TEAMS: "T1, T2 ,",
      SLACK_APPROVALS_CHANNEL: "C0123ABC",
      COUNTERSIGN_CLUSTERS: "prod-eu,staging",
      COUNTERSIGN_SEALING_KEY: `key-1:${randomBytes(32).toString("base64")}`,
      COUNTERSIGN_GRANT_KEY: privatePem,
    };
    worker = {
      ...common,
      COUNTERSIGN_GRANT_PUBLIC_KEY: publicPem,
      COUNTERSIGN_CLUSTERS_FILE: file(
        "clusters.yaml",
        "clusters:\n  prod-eu: { kubeconfig: /k, context: c }\n  here: {}\n",
      ),
    };
  });
  after(() => rmSync(folder, { recursive: true }));

  const idp = (change = "") =>
    file("idp.yaml", `preset: generic\nissuer: https://id.example.com\nclientId: c\nacr: [mfa]\n${change}`);
  const webFaults = (changes: Environment) => faultsOf(() => webSettings({ ...web, ...changes }));
  const workerFaults = (changes: Environment) => faultsOf(() => workerSettings({ ...worker, ...changes }));

  it("have our pages under a name, over https or on this machine, or have none", () => {
    for (const [url, origin] of [
      ["https://countersign.example.com/some/path", "https://countersign.example.com"],
      ["http://localhost:3001", "http://localhost:3001"],
      [undefined, undefined],
    ] as const) {
      const given = url === undefined ? {} : { COUNTERSIGN_PAGES_URL: url };
      assert.equal(pagesOrigin(webSettings({ ...web, ...given })), origin);
      assert.equal(pagesOrigin(workerSettings({ ...worker, ...given })), origin);
    }
    for (const url of [
      "http://countersign.example.com",
      "http://127.0.0.1:3001",
      "https://10.0.0.1/",
      "https://[::1]:3001",
      "http://localhost.evil.example",
      "ftp://localhost",
      "localhost",
    ])
      for (const read of [
        () => webSettings({ ...web, COUNTERSIGN_PAGES_URL: url }),
        () => workerSettings({ ...worker, COUNTERSIGN_PAGES_URL: url }),
      ])
        assert.match(faultsOf(read).join(), /COUNTERSIGN_PAGES_URL: must/, url);
  });

  describe("of the web process", () => {
    it("are read from the environment, seconds in milliseconds, lists without their blanks", () => {
      const settings = webSettings({ ...web, COUNTERSIGN_REQUEST_SECONDS: "90" });
      assert.deepEqual(settings.SLACK_TEAMS, ["T1", "T2"]);
      assert.deepEqual(settings.COUNTERSIGN_CLUSTERS, ["prod-eu", "staging"]);
      assert.equal(settings.COUNTERSIGN_REQUEST_SECONDS, 90_000);
      assert.equal(settings.grantKey.asymmetricKeyType, "ed25519");
      assert.deepEqual([settings.HOST, settings.PAGES_HOST], ["127.0.0.1", "127.0.0.1"]);
      assert.ok(Object.isFrozen(settings));
    });

    it("take `NAME_FILE` for the content of that file, without the line break at its end", () => {
      const { SLACK_BOT_TOKEN: _, COUNTERSIGN_GRANT_KEY: __, ...rest } = web;
      const settings = webSettings({
        ...rest,
        SLACK_BOT_TOKEN_FILE: file("bot", "xoxb-from-file\n"),
        COUNTERSIGN_GRANT_KEY_FILE: file("grant", privatePem),
      });
      assert.equal(settings.SLACK_BOT_TOKEN, "xoxb-from-file");
      assert.equal(settings.grantKey.export({ type: "pkcs8", format: "pem" }), privatePem);
    });

    it("name every fault at once, whatever kind it is of", () => {
      const names = webFaults({
        REDIS_URL: "http://redis",
        SLACK_BOT_TOKEN: "xoxp-1",
        SLACK_APP_TOKEN: undefined,
        SLACK_TEAMS: " , ",
        SLACK_APP_ID: "",
        PORT: "65536",
        COUNTERSIGN_DEFAULT_CLUSTER: "mars",
        COUNTERSIGN_CHALLENGE_SECONDS: "601",
        COUNTERSIGN_REQUEST_SECONDS: "0",
        COUNTERSIGN_GRANT_KEY: rsaPem,
        COUNTERSIGN_POLCY: "p",
        SLACK_SIGNING_SECRET_FILE: join(folder, "nowhere"),
        KUBECONFIG: "/k",
      }).map((fault) => fault.split(":")[0]);
      assert.deepEqual(names.toSorted(), [
        "COUNTERSIGN_CHALLENGE_SECONDS",
        "COUNTERSIGN_DEFAULT_CLUSTER",
        "COUNTERSIGN_GRANT_KEY",
        "COUNTERSIGN_POLCY",
        "COUNTERSIGN_REQUEST_SECONDS",
        "KUBECONFIG",
        "PORT",
        "REDIS_URL",
        "SLACK_APP_ID",
        "SLACK_APP_TOKEN",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET_FILE",
        "SLACK_TEAMS",
      ]);
    });

    it("name all that is missing when there is nothing", () => {
      assert.deepEqual(faultsOf(() => webSettings({})).toSorted(), [
        "COUNTERSIGN_CLUSTERS: is missing",
        "COUNTERSIGN_DIRECTORY: is missing",
        "COUNTERSIGN_GRANT_KEY: is missing",
        "COUNTERSIGN_POLICY: is missing",
        "COUNTERSIGN_SEALING_KEY: is missing",
        "REDIS_URL: is missing",
        "SLACK_APPROVALS_CHANNEL: is missing",
        "SLACK_APP_ID: is missing",
        "SLACK_APP_TOKEN: is needed where SLACK_MODE is socket",
        "SLACK_BOT_TOKEN: is missing",
        "SLACK_TEAMS: is missing",
      ]);
    });

    it("never repeat a value", () => {
      const secret = "hunter2hunter2";
      for (const name of Object.keys(web))
        for (const fault of webFaults({ [name]: `!${secret}` })) assert.ok(!fault.includes(secret), fault);
      for (const name of ["SLACK_MODE", "SLACK_COMMAND", "SLACK_API_URL", "SLACK_PACE", "PORT", "COUNTERSIGN_PREFIX"]) {
        const faults = webFaults({ [name]: `!${secret}` });
        assert.equal(faults.length, 1, name);
        assert.ok(!faults.join().includes(secret), faults.join());
      }
    });

    for (const [what, changes, fault] of [
      [
        "no signing secret where Slack calls us",
        { SLACK_MODE: "http" },
        "SLACK_SIGNING_SECRET: is needed where SLACK_MODE is http",
      ],
      [
        "a short signing secret",
        { SLACK_SIGNING_SECRET: "short" },
        "SLACK_SIGNING_SECRET: is too short for a signing secret",
      ],
      [
        "a challenge longer than ten minutes",
        { COUNTERSIGN_CHALLENGE_SECONDS: "601" },
        "COUNTERSIGN_CHALLENGE_SECONDS: must be whole seconds, 1 to 600 (NIST SP 800-63B-4 section 3.1.3)",
      ],
      [
        "a time of nothing",
        { COUNTERSIGN_EXECUTION_SECONDS: "0" },
        "COUNTERSIGN_EXECUTION_SECONDS: must be whole seconds, 1 to 999999",
      ],
      [
        "half a second",
        { COUNTERSIGN_EXECUTION_SECONDS: "1.5" },
        "COUNTERSIGN_EXECUTION_SECONDS: must be whole seconds, 1 to 999999",
      ],
      [
        "a default cluster that is none",
        { COUNTERSIGN_DEFAULT_CLUSTER: "mars" },
        "COUNTERSIGN_DEFAULT_CLUSTER: is not among COUNTERSIGN_CLUSTERS",
      ],
      [
        "a cluster whose name is none",
        { COUNTERSIGN_CLUSTERS: "prod-eu,Prod:US" },
        "COUNTERSIGN_CLUSTERS: a cluster's name has lower-case letters, digits and dashes",
      ],
      [
        "a key of another kind",
        { COUNTERSIGN_GRANT_KEY: rsaPem },
        "COUNTERSIGN_GRANT_KEY: must be an Ed25519 key, and is rsa",
      ],
      ["a key that is none", { COUNTERSIGN_GRANT_KEY: "x" }, "COUNTERSIGN_GRANT_KEY: is no key in PEM form"],
      [
        "a sealing key of 31 bytes",
        { COUNTERSIGN_SEALING_KEY: `k:${Buffer.alloc(31).toString("base64")}` },
        "COUNTERSIGN_SEALING_KEY: must be KEY-ID:BASE64 of 32 random bytes",
      ],
      [
        "a misspelt name",
        { COUNTERSIGN_REQUEST_SECOND: "9" },
        "COUNTERSIGN_REQUEST_SECOND: is no setting; did you mean COUNTERSIGN_REQUEST_SECONDS?",
      ],
      ["a kubeconfig", { KUBECONFIG: "/k" }, "KUBECONFIG: belongs to the other process and must not be here"],
      [
        "the clusters of the worker",
        { COUNTERSIGN_CLUSTERS_FILE: "/c" },
        "COUNTERSIGN_CLUSTERS_FILE: belongs to the other process and must not be here",
      ],
      [
        "a Redis that forgets outside the demo",
        { COUNTERSIGN_FORGETFUL_REDIS: "yes" },
        'COUNTERSIGN_FORGETFUL_REDIS: may only be "demo", and only in one',
      ],
    ] as const)
      it(`refuse ${what}`, () => assert.deepEqual(webFaults(changes), [fault]));

    it("hold the provider, and refuse one without the secret to send pushes by, a secret alone, or a faulty document", () => {
      const secret = { COUNTERSIGN_IDP_CLIENT_SECRET: "sixteen letters long" };
      assert.equal(webSettings({ ...web, COUNTERSIGN_IDP: idp(), ...secret }).provider?.clientId, "c");
      assert.equal(webSettings(web).provider, undefined);
      assert.deepEqual(webFaults({ COUNTERSIGN_IDP: idp() }), [
        "COUNTERSIGN_IDP_CLIENT_SECRET: is needed where the provider sends pushes or people log in there",
      ]);
      assert.deepEqual(webFaults(secret), [
        "COUNTERSIGN_IDP: is needed where there is a COUNTERSIGN_IDP_CLIENT_SECRET",
      ]);
      assert.deepEqual(webFaults({ COUNTERSIGN_IDP: idp("login: {}\n"), ...secret }), [
        "COUNTERSIGN_PAGES_URL: is needed where people log in at the provider, which leads them back to it",
      ]);
      const [fault = ""] = webFaults({ COUNTERSIGN_IDP: idp("acl: []\n"), ...secret });
      assert.match(fault, /idp\.yaml:5:\d+: .*acl/);
      assert.match(
        webFaults({ COUNTERSIGN_IDP: "/none", ...secret })[0] ?? "",
        /COUNTERSIGN_IDP: \/none cannot be read/,
      );
    });

    it("refuse Duo without its secret key, its secret key without Duo, and one that is too short, and never say it", () => {
      const duo = () => idp("duo: { host: api-1a2b3c4d.duosecurity.com, integrationKey: DIWJ8X6AEYOR5OMC6TQ1 }\n");
      const secret = { COUNTERSIGN_IDP_CLIENT_SECRET: "sixteen letters long" };
      const key = "k".repeat(40);
      const good = (duoSecret: string) => ({ COUNTERSIGN_IDP: duo(), COUNTERSIGN_DUO_SECRET: duoSecret, ...secret });
      assert.equal(webSettings({ ...web, ...good(key) }).provider?.duo?.host, "api-1a2b3c4d.duosecurity.com");
      assert.deepEqual(webFaults({ COUNTERSIGN_IDP: duo(), ...secret }), [
        "COUNTERSIGN_DUO_SECRET: is needed where Duo sends pushes",
      ]);
      assert.deepEqual(webFaults({ COUNTERSIGN_IDP: idp(), COUNTERSIGN_DUO_SECRET: key, ...secret }), [
        "COUNTERSIGN_DUO_SECRET: is there, and no document of COUNTERSIGN_IDP says anything of Duo",
      ]);
      assert.deepEqual(webFaults(good("short")), [
        "COUNTERSIGN_DUO_SECRET: is too short for Duo's secret key, which has 40 characters",
      ]);
    });

    it("bear what a cluster adds for the Services beside a pod", () => {
      assert.deepEqual(
        webFaults({ COUNTERSIGN_PAGES_SERVICE_HOST: "10.0.0.1", COUNTERSIGN_PAGES_PORT_80_TCP: "x" }),
        [],
      );
      assert.deepEqual(
        webFaults({ COUNTERSIGN_PAGES_PORT: "tcp://10.0.0.1:80", COUNTERSIGN_PAGES_SERVICE_PORT: "80" }),
        [],
      );
    });

    it("say which file cannot be read, and not also that its setting is missing", () => {
      const path = join(folder, "nowhere");
      const { SLACK_BOT_TOKEN: _, ...rest } = web;
      assert.deepEqual(
        faultsOf(() => webSettings({ ...rest, SLACK_BOT_TOKEN_FILE: path })),
        [`SLACK_BOT_TOKEN_FILE: ${path} cannot be read (ENOENT)`],
      );
      assert.deepEqual(
        faultsOf(() => webSettings({ ...rest, SLACK_BOT_TOKEN_FILE: folder })),
        [`SLACK_BOT_TOKEN_FILE: ${folder} cannot be read (EISDIR)`],
      );
    });
  });

  describe("of the worker process", () => {
    it("are read with the clusters that its file names", () => {
      const { clusters, grantPublicKey, COUNTERSIGN_CONCURRENCY } = workerSettings(worker);
      assert.deepEqual(
        [...clusters],
        [
          ["prod-eu", { kubeconfig: "/k", context: "c", operationsNamespace: "countersign-operations" }],
          ["here", { operationsNamespace: "countersign-operations" }],
        ],
      );
      assert.equal(grantPublicKey.type, "public");
      assert.equal(COUNTERSIGN_CONCURRENCY, 8);
    });

    for (const name of [
      "SLACK_BOT_TOKEN",
      "SLACK_APP_TOKEN",
      "SLACK_SIGNING_SECRET",
      "COUNTERSIGN_SEALING_KEY",
      "COUNTERSIGN_SEALING_KEYS_OLD",
      "COUNTERSIGN_GRANT_KEY",
      "COUNTERSIGN_IDP_CLIENT_SECRET",
      "COUNTERSIGN_DUO_SECRET",
    ])
      it(`refuse ${name}, which is of the other side, also as a file`, () => {
        const fault = `${name}: belongs to the other process and must not be here`;
        assert.deepEqual(workerFaults({ [name]: "x" }), [fault]);
        assert.deepEqual(workerFaults({ [`${name}_FILE`]: file("other", "x") }), [fault]);
      });

    it("hold the provider without its secret", () => {
      const { provider } = workerSettings({ ...worker, COUNTERSIGN_IDP: idp() });
      assert.deepEqual([provider?.issuer, provider?.acr], ["https://id.example.com", ["mfa"]]);
    });

    it("refuse a private key where the public one belongs", () => {
      assert.deepEqual(workerFaults({ COUNTERSIGN_GRANT_PUBLIC_KEY: privatePem }), [
        "COUNTERSIGN_GRANT_PUBLIC_KEY: holds a private key; the worker must never have one",
      ]);
    });

    it("say where the clusters' file is wrong, beside all else that is", () => {
      const clusters = file("bad.yaml", "clusters:\n  Prod: {}\n  staging: { kubecfg: /k }\n");
      const faults = workerFaults({ COUNTERSIGN_CLUSTERS_FILE: clusters, REDIS_URL: undefined });
      assert.ok(faults.includes("REDIS_URL: is missing"), faults.join("\n"));
      assert.ok(
        faults.some((fault) => fault.startsWith(`${clusters}:2:`)),
        faults.join("\n"),
      );
      assert.ok(
        faults.some((fault) => fault.startsWith(`${clusters}:3:`) && /kubecfg/.test(fault)),
        faults.join("\n"),
      );
    });

    it("say when the clusters' file cannot be read", () => {
      const path = join(folder, "nowhere");
      assert.deepEqual(workerFaults({ COUNTERSIGN_CLUSTERS_FILE: path }), [
        `COUNTERSIGN_CLUSTERS_FILE: ${path} cannot be read (ENOENT)`,
      ]);
    });
  });

  describe("of the command line", () => {
    it("are what reaches the records", () => {
      assert.deepEqual(recordSettings({ REDIS_URL: "unix:///tmp/r" }), {
        url: "unix:///tmp/r",
        prefix: "countersign:",
      });
      assert.deepEqual(
        faultsOf(() => recordSettings({ COUNTERSIGN_PREFIX: "A B" })),
        ["REDIS_URL: is missing", "COUNTERSIGN_PREFIX: must be 1 to 40 characters of a-z, 0-9, - and :"],
      );
    });

    it("take no address for a file that cannot be read beside it", () => {
      const path = join(folder, "nowhere");
      assert.deepEqual(
        faultsOf(() => recordSettings({ REDIS_URL: "unix:///tmp/r", REDIS_URL_FILE: path })),
        [`REDIS_URL_FILE: ${path} cannot be read (ENOENT)`],
      );
    });

    it("are for enrolling all that it needs, named at once", () => {
      assert.deepEqual(faultsOf(() => enrolmentSettings({})).toSorted(), [
        "COUNTERSIGN_DIRECTORY: is missing",
        "COUNTERSIGN_PAGES_URL: is missing",
        "COUNTERSIGN_SEALING_KEY: is missing",
        "REDIS_URL: is missing",
      ]);
    });
  });
});

import { App } from "@slack/bolt";
import type { Entry } from "../../audit/chain.ts";
import type { Disowned } from "../../request/pushing.ts";
import { createTeller } from "./alarms.ts";
import { codeOf } from "./api-fault.ts";
import { openClients } from "./clients.ts";
import { createFlight } from "./flight.ts";
import type { Front } from "./front.ts";
import { createGate } from "./gate.ts";
import { listen } from "./listeners.ts";
import { createMembers } from "./members.ts";
import { createOutbox } from "./outbox.ts";
import { raiseAlarm } from "./push-alarm.ts";
import { quietLogger } from "./quiet-logger.ts";
import { createRecall } from "./recall.ts";
import { openReceiving } from "./receivers.ts";
import type { SlackPorts, SlackSettings } from "./settings.ts";
import { createShower } from "./show.ts";
import { createWhisper } from "./whisper.ts";

export type { Log } from "./log.ts";
export type { SlackPorts, SlackSettings } from "./settings.ts";

/** Our side of one Slack workspace. */
export interface Slack {
  /** Makes what Slack shows of a request match its record; safe to call at any time, by any number of processes. */
  show(request: string): Promise<void>;
  /** Tells the security channel of a push that its person disowned on their device; throws when it could not be told. */
  alarm(disowned: Disowned): Promise<void>;
  /** Tells people of an entry of the trail that belongs to no request; throws when Slack took it not. */
  tell(entry: Entry): Promise<void>;
  /** Takes nothing new in, and waits for what is under way. */
  close(): Promise<void>;
  /** Where HTTP mode listens; undefined in socket mode. */
  readonly address: string | undefined;
}

/** How long a close waits, in ms: for acknowledgements a person waits for, then for the longest call there is. */
const ackPatience = 2_500;
const closePatience = 12_000;

/** Connects to Slack. Rejects when a token is not good, or belongs to a workspace that is not on the list. */
export async function openSlack(settings: SlackSettings, ports: SlackPorts): Promise<Slack> {
  const { log } = ports;
  const logger = quietLogger(log);
  const clients = openClients(settings, logger);
  const bot = await clients.interactive.auth.test();
  if (!bot.team_id || !settings.teams.includes(bot.team_id))
    throw new Error(`the bot token belongs to the workspace ${bot.team_id ?? "unknown"}, which is not on the list`);

  const receiving = openReceiving(settings, logger, log);
  const [first, ...others] = receiving.receivers;
  const app = new App({
    receiver: first,
    // One workspace, one token; which workspace a payload is from is the gate's to judge.
    authorize: async () => ({
      botToken: settings.botToken,
      ...(bot.bot_id ? { botId: bot.bot_id } : {}),
      ...(bot.user_id ? { botUserId: bot.user_id } : {}),
    }),
    deferInitialization: true,
    convoStore: false,
    logger,
    clientOptions: { logger, retryConfig: { retries: 0 }, timeout: 2_500 },
  });
  for (const receiver of others) receiver.init(app);
  // A listener that throws has acknowledged or not, and nothing here can: it is logged, never swallowed into silence.
  app.error(async (fault) => log.error("a listener failed", { code: codeOf(fault) }));

  const front: Front = {
    settings,
    ports,
    workspace: { team: bot.team_id, name: bot.team ?? bot.team_id },
    members: createMembers(clients.interactive),
    slack: clients.interactive,
    whisper: createWhisper(clients.interactive, log),
  };
  const [arrivals, shows] = [createFlight(), createFlight()];
  app.use(createGate(front, arrivals));
  listen(app, front);

  const shower = createShower(
    {
      showcase: ports.showcase,
      store: ports.store,
      brake: ports.brake,
      outbox: createOutbox(clients.outbox),
      recall: createRecall(clients.outbox, settings.appId),
      members: front.members,
      log,
    },
    settings,
  );
  await app.init();
  const address = await receiving.start().catch(async (fault: unknown) => {
    await receiving.stop().catch(() => undefined);
    throw fault;
  });
  return {
    address,
    tell: createTeller(clients.outbox, settings, ports),
    show: (request) => shows.run(() => shower.show(request)),
    alarm: (disowned) => raiseAlarm(front, disowned),
    async close() {
      shower.stop();
      // A socket that is closed takes no acknowledgement any more.
      await arrivals.landed(ackPatience);
      await receiving.stop();
      await Promise.all([arrivals.landed(closePatience), shows.landed(closePatience)]);
    },
  };
}

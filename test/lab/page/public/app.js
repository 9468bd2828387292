import * as api from "./api.js";
import { createAudit } from "./audit.js";
import { createCluster } from "./cluster.js";
import { createConversation } from "./conversation.js";
import { setText } from "./element.js";
import { prepareGuide } from "./guide.js";
import { listenToKeys } from "./keys.js";
import { createModals } from "./modals.js";
import { channelTitle, namesOf } from "./names.js";
import { createPeopleSwitch } from "./people-switch.js";
import { createPhone } from "./phone.js";
import { createRail } from "./rail.js";
import { createSession } from "./session.js";
import { createTabs } from "./tabs.js";
import { createThread } from "./thread.js";
import { keepTimesFresh } from "./time.js";
import { createToasts } from "./toasts.js";
import { createUnread } from "./unread.js";

const at = (id) => document.getElementById(id);
const toast = createToasts();
const people = await api.people();
const unread = createUnread();
const dismissed = new Set();
const session = createSession(people, () => {
  show();
  void refreshPhone();
});
/** Person -> what that person sees; empty until it was asked for. */
let views = new Map();

const tabs = createTabs(at("tabs"));
const showPeople = createPeopleSwitch(at("people"), people, session.become);
const showRail = createRail(at("rail"), session.open);
const thread = createThread(at("thread"), { doing, close: closeThread });
const conversation = createConversation(at("conversation"), { send, doing });
const modals = createModals(at("modal-layer"), at("workspace-body"), doing);
const phone = createPhone(at("phone"), {
  enrol,
  typeIt,
  answer,
  renew: () => refreshPhone(),
  passkeyLink: () => api.passkeyLink(session.person),
});
const cluster = createCluster(at("cluster"));
const audit = createAudit(at("audit"));

const refreshSlack = api.latest(async () => {
  const states = await Promise.all(people.map(({ id }) => api.state(id)));
  views = new Map(states.map((state) => [state.me.id, state]));
  show();
});
const refreshPhone = api.latest(async () => {
  const { person } = session;
  const held = await api.phone(person);
  if (person === session.person)
    phone.show(
      people.find(({ id }) => id === person),
      held,
    );
});
const refreshCluster = api.latest(async () => cluster.show(await api.cluster()), cluster.showFault);
const refreshAudit = api.latest(async () => audit.show(await api.audit()), audit.showFault);

function show() {
  const seen = views.get(session.person);
  if (!seen) return showPeople(session.person, () => false);
  const channel = channelNow(seen);
  if (!channel) return;
  const me = session.person;
  const messages = seen.messages
    .filter((message) => !dismissed.has(keyOf(message)))
    .sort((a, b) => Number(a.ts) - Number(b.ts));
  unread.looked(me, channel.id, messages);
  showPeople(me, (id) => unread.isAwaited(id, views.get(id).messages));
  showRail({ seen, channel: channel.id, unread: (id) => unread.count(me, id, messages) });
  conversation.show({ me, channel, messages });
  thread.show({ me, channel, thread: session.thread, messages });
  modals.show(seen.views);
  document.title = `${people.find(({ id }) => id === me)?.name}, ${channelTitle(channel)}: Countersign lab`;
  phone.offerTyping(modals.codeField() !== undefined && !isForPush(modals.codeField()));
  tabs.hint("phone", modals.codeField() !== undefined);
}

/** A person may have come from a channel they are not in. */
function channelNow({ channels }) {
  return channels.find(({ id }) => id === session.channel) ?? channels[0];
}

/** What a message or a form can do for the person who plays now. */
function doing() {
  const { person } = session;
  return {
    names: namesOf(views.get(person), people),
    click: (where, actionId, chosen) =>
      act(person, { kind: "click", where, actionId, ...(chosen === undefined ? {} : { chosen }) }),
    submit: (view, values) => act(person, { kind: "submit", view, values }),
    close: (view) => act(person, { kind: "close", view }),
    openThread: session.openThread,
    dismiss(message) {
      dismissed.add(keyOf(message));
      show();
    },
  };
}

async function act(person, what) {
  const answer = await api.act(person, what);
  void refreshSlack();
  return answer;
}

function send(line) {
  const { id: channel } = channelNow(views.get(session.person));
  const what = line.startsWith("/") ? { kind: "command", channel, line } : { kind: "say", channel, text: line };
  return act(session.person, what);
}

/** Resolves to the words of a fault, or nothing. */
async function enrol() {
  try {
    await api.enrol(session.person);
    await refreshPhone();
    return undefined;
  } catch (fault) {
    return fault.message;
  }
}

/** Resolves to the words of a fault, or nothing. */
async function answer(push, yes) {
  try {
    await api.answerPush(session.person, push, yes);
    await refreshPhone();
    return undefined;
  } catch (fault) {
    return fault.message;
  }
}

/** A push's code is asked for by name; a code of the authenticator app would be a wrong one there. */
function isForPush(field) {
  return field.closest(".input-block").textContent.includes("push");
}

function typeIt(code) {
  const field = modals.codeField();
  if (!field) return;
  field.value = code;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  tabs.go("chat");
  field.focus();
}

function closeThread() {
  const { thread: began } = session;
  session.closeThread();
  if (began) conversation.focusOn(began);
}

function keyOf({ channel, ts }) {
  return `${channel} ${ts}`;
}

function refreshAll() {
  void refreshSlack();
  void refreshPhone();
  void refreshCluster();
  void refreshAudit();
}

let wasConnected = true;
function onConnection(connected) {
  document.body.classList.toggle("offline", !connected);
  setText(at("connection"), connected ? "Live" : "Reconnecting…");
  if (connected) refreshAll();
  else if (wasConnected) toast("The lab does not answer. The page tries again by itself.");
  wasConnected = connected;
}

prepareGuide(at("guide"), at("guide-open"));
listenToKeys({
  people,
  become: session.become,
  modals,
  composer: conversation.composer,
  closeThread,
  showChat: () => tabs.go("chat"),
});
keepTimesFresh();
show();
refreshAll();
api.listen({ slack: refreshSlack, phone: refreshPhone, cluster: refreshCluster, audit: refreshAudit }, onConnection);

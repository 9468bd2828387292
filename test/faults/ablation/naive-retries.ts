import { replaceModule } from "./replace.ts";

// What many clients do by themselves: a patch that went unanswered, or met another version, is sent again on the new one.
replaceModule(
  "/src/adapters/kubernetes/transport.ts",
  `export function openTransport(...options) {
    const transport = whole.openTransport(...options);
    const afresh = ({ type, text }) => {
      const body = JSON.parse(text);
      delete body.metadata?.resourceVersion;
      return { type, text: JSON.stringify(body) };
    };
    return { ...transport, async send(call) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transport.send(attempt === 1 || !call.body ? call : { ...call, body: afresh(call.body) });
        } catch (fault) {
          const again = call.passage.method === "PATCH" && ["no-answer", "conflict"].includes(fault.code);
          if (!again || attempt === 4) throw fault;
        }
      }
    } };
  }`,
);

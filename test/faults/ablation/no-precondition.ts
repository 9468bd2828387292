import { replaceModule } from "./replace.ts";

// Changes are sent without the uid and the version that they were planned on.
replaceModule(
  "/src/adapters/kubernetes/transport.ts",
  `export function openTransport(...options) {
    const transport = whole.openTransport(...options);
    const bare = ({ type, text }) => {
      const body = JSON.parse(text);
      delete body.metadata?.uid;
      delete body.metadata?.resourceVersion;
      delete body.preconditions;
      delete body.deleteOptions?.preconditions;
      return { type, text: JSON.stringify(body) };
    };
    return { ...transport, send: (call) => transport.send(call.body ? { ...call, body: bare(call.body) } : call) };
  }`,
);

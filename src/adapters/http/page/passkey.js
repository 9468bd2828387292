import { at, demandPasskeys, post, say, words } from "./page.js";

let offered;

/** A passkey for this subject, made by the browser; no attestation is asked for. */
async function make({ subject, challenge }) {
  demandPasskeys();
  const name = { name: subject, displayName: subject };
  // Another handle each time: with the same one a new passkey would take the place of one that counts.
  const handle = crypto.getRandomValues(new Uint8Array(32));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({
    challenge,
    rp: { name: "Countersign" },
    user: { id: base64url(handle), ...name },
    // EdDSA, ES256 and RS256, as COSE numbers them.
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    attestation: "none",
  });
  const credential = await navigator.credentials.create({ publicKey });
  return JSON.stringify(credential.toJSON());
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

at("offer").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  try {
    const { fingerprint } = await post("/passkey/register", { credential: await make(offered) });
    at("fingerprint").textContent = fingerprint;
    at("offer").hidden = true;
    at("done").hidden = false;
  } catch (fault) {
    say(words(fault));
  }
});

post("/passkey/offer").then(
  (offer) => {
    offered = offer;
    at("subject").textContent = offer.subject;
    at("offer").hidden = false;
  },
  (fault) => say(fault.message),
);

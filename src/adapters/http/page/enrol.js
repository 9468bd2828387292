import { at, post, say } from "./page.js";

function draw({ size, path }) {
  const svg = "http://www.w3.org/2000/svg";
  at("qr").setAttribute("viewBox", `0 0 ${size} ${size}`);
  const ground = document.createElementNS(svg, "rect");
  for (const [name, value] of Object.entries({ width: size, height: size, class: "ground" }))
    ground.setAttribute(name, value);
  const squares = document.createElementNS(svg, "path");
  squares.setAttribute("d", path);
  squares.setAttribute("class", "squares");
  at("qr").replaceChildren(ground, squares);
}

function keep(codes) {
  const rows = codes.map((code) => {
    const row = document.createElement("li");
    row.append(Object.assign(document.createElement("code"), { textContent: code.replace(/(.{4})(?=.)/g, "$1-") }));
    return row;
  });
  at("codes").replaceChildren(...rows);
}

async function offer() {
  const { subject, uri, qr } = await post("/enrol/offer");
  at("subject").textContent = subject;
  const open = Object.assign(document.createElement("a"), { href: uri, textContent: "Open it in the app." });
  at("here").replaceChildren(open);
  at("key").textContent = (new URL(uri).searchParams.get("secret") ?? "").replace(/(.{4})(?=.)/g, "$1 ");
  draw(qr);
  at("offer").hidden = false;
  at("code").focus();
}

at("offer").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  try {
    const { recoveryCodes, waitMs } = await post("/enrol/confirm", { code: at("code").value });
    keep(recoveryCodes);
    at("wait").hidden = waitMs === undefined;
    at("minutes").textContent = String(Math.ceil((waitMs ?? 0) / 60_000));
    at("offer").hidden = true;
    at("qr").replaceChildren();
    at("key").textContent = "";
    at("here").replaceChildren();
    at("done").hidden = false;
  } catch (fault) {
    say(fault.message);
    at("code").select();
  }
});

offer().catch((fault) => say(fault.message));

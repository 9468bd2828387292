/** As much of a document as the page's drawing modules use: what they build can be read as a tree. */
export class FakeElement {
  readonly tag: string;
  readonly attributes: Record<string, string> = {};
  readonly dataset: Record<string, string> = {};
  readonly children: (FakeElement | string)[] = [];
  readonly classList = { add: (name: string) => this.setAttribute("class", `${this.className} ${name}`.trim()) };
  value = "";

  constructor(tag: string) {
    this.tag = tag;
  }

  get className(): string {
    return this.attributes["class"] ?? "";
  }

  get textContent(): string {
    return this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }

  setAttribute(name: string, value: string): void {
    this.attributes[name] = value;
  }

  removeAttribute(name: string): void {
    delete this.attributes[name];
  }

  append(...children: (FakeElement | string)[]): void {
    this.children.push(...children);
  }

  addEventListener(): void {
    // Nobody clicks here.
  }

  matches(selector: string): boolean {
    return selector.split(/,\s*/).includes(this.tag);
  }

  get lastElementChild(): FakeElement | undefined {
    return this.children.findLast((child) => child instanceof FakeElement);
  }

  /** The tree as text: `<strong>bold</strong>`, with the attributes named. */
  outline(...named: readonly string[]): string {
    const shown = named.filter((name) => name in this.attributes).map((name) => ` ${name}=${this.attributes[name]}`);
    return `<${this.tag}${shown.join("")}>${outlineOf(this.children, ...named)}</${this.tag}>`;
  }
}

export function outlineOf(nodes: readonly (FakeElement | string)[], ...named: readonly string[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : node.outline(...named))).join("");
}

/** Puts the fake in the global's place; returns the way to take it away again. */
export function installFakeDocument(): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, "document");
  const document = {
    createElement: (tag: string) => new FakeElement(tag),
    createElementNS: (_namespace: string, tag: string) => new FakeElement(tag),
  };
  Object.defineProperty(globalThis, "document", { value: document, configurable: true });
  return () => {
    if (before) Object.defineProperty(globalThis, "document", before);
    else Reflect.deleteProperty(globalThis, "document");
  };
}

import type { CDPSession, Page } from "playwright-core";

/** An authenticator that finds its owner there, as a laptop's own does. */
export interface BrowserAuthenticator {
  /** Gives the passkeys it holds to another tab: a laptop has one authenticator for all, the devtools give each its own. */
  carryTo(page: Page): Promise<BrowserAuthenticator>;
}

/** Gives the tab an authenticator that holds no passkey yet. */
export async function holdPasskeys(page: Page): Promise<BrowserAuthenticator> {
  return holding(await attach(page));
}

interface Attached {
  readonly session: CDPSession;
  readonly authenticatorId: string;
}

async function attach(page: Page): Promise<Attached> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, authenticatorId };
}

function holding({ session, authenticatorId }: Attached): BrowserAuthenticator {
  return {
    async carryTo(page) {
      const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId });
      const other = await attach(page);
      for (const credential of credentials)
        await other.session.send("WebAuthn.addCredential", { authenticatorId: other.authenticatorId, credential });
      return holding(other);
    },
  };
}

const core = "urn:ietf:params:scim:schemas:core:2.0";

/** A SCIM User as an identity provider exports one, with more in it than anybody asks for. */
export function user(id: string, more: object = {}) {
  const meta = { resourceType: "User", created: "2026-01-23T04:56:22Z" };
  return { schemas: [`${core}:User`], id, userName: `${id}@example.com`, active: true, meta, ...more };
}

export function group(id: string, displayName: string, ...members: readonly string[]) {
  return { schemas: [`${core}:Group`], id, displayName, members: members.map((value) => ({ value })) };
}

/** All of them in one answer, as text of several lines. */
export function exported(...resources: readonly object[]): string {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"];
  return JSON.stringify({ schemas, totalResults: resources.length, Resources: resources }, undefined, 1);
}

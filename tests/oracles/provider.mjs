// An OpenID provider that we did not write (the npm package `oidc-provider`), dressed as Vlaams toegangsbeheer.
//
//   node provider.mjs CONFIG.json
//
// CONFIG: port, client (an entry of the model town's list of clients), people (number -> given and family name),
// claimsIn: "id_token", as Vlaams toegangsbeheer does, or "userinfo", as OpenID Connect Core 5.4 has it by default;
// and keyFile, the key with which it signs.
// Says "ready" on a line of its own when it listens; ends when its standard input does.

import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import Provider from "oidc-provider";

const AUTHMECH = "urn:be:vlaanderen:authmech:";
const MEANS = ["eid", "eidashigh", "itsme", "csamtotp", "csamsms", "eidassubstantial", "fedtoken", "csamselfreg"];
const SCOPES = ["openid", "profile", "rrn", "vo"];

const { port, client, people, claimsIn, keyFile } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const issuer = `http://127.0.0.1:${port}`;

const signing = {
  ...createPrivateKey(readFileSync(keyFile)).export({ format: "jwk" }),
  kid: "oracle-1",
  use: "sig",
  alg: "RS256",
};
const portalKey = {
  ...createPublicKey(readFileSync(client.public_key_file)).export({ format: "jwk" }),
  use: "sig",
  alg: "RS256",
};

const provider = new Provider(issuer, {
  acrValues: MEANS.map((means) => AUTHMECH + means),
  claims: {
    openid: ["sub"],
    profile: ["given_name", "family_name"],
    rrn: ["rrn"],
    vo: ["vo_doelgroepcode", "vo_doelgroepnaam"],
  },
  clients: [
    {
      client_id: client.client_id,
      redirect_uris: client.redirect_uris,
      post_logout_redirect_uris: client.post_logout_redirect_uris,
      response_types: ["code"],
      grant_types: ["authorization_code"],
      scope: SCOPES.join(" "),
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "RS256",
      id_token_signed_response_alg: "RS256",
      jwks: { keys: [portalKey] },
    },
  ],
  conformIdTokenClaims: claimsIn === "userinfo",
  cookies: { keys: [signing.n] },
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
  findAccount: (_, number) =>
    people[number] && {
      accountId: number,
      claims: () => ({
        sub: `oracle-${number.length}-${Object.keys(people).indexOf(number)}`,
        rrn: number,
        vo_doelgroepcode: "BUR",
        vo_doelgroepnaam: "Burger",
        ...people[number],
      }),
    },
  interactions: { url: (_, interaction) => `/kies/${interaction.uid}` },
  jwks: { keys: [signing] },
  // Nobody is asked whether the portal may know who they are: that is settled between governments.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
    grant.addOIDCScope(SCOPES.join(" "));
    await grant.save();
    return grant;
  },
  pkce: { required: () => true, methods: ["S256"] },
  scopes: SCOPES,
  ttl: { AccessToken: 3600, AuthorizationCode: 30, Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
});

// What a test wants to know when it fails.
for (const trouble of ["server_error", "authorization.error", "grant.error", "userinfo.error", "end_session.error"]) {
  provider.on(trouble, (_, error) => console.error(trouble, error.message, error.error_detail ?? ""));
}

const choice = `<!doctype html><html lang="nl"><title>Wie bent u?</title><form method="post">
<label>Nummer <input name="number"></label><label>Middel <input name="means"></label>
<button>Aanmelden</button><button name="cancel" value="yes">Annuleren</button></form></html>`;

async function choose(request, response) {
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(choice);
    return;
  }
  let body = "";
  for await (const part of request) body += part;
  const chosen = new URLSearchParams(body);
  await provider.interactionFinished(
    request,
    response,
    chosen.get("cancel")
      ? { error: "access_denied" }
      : { login: { accountId: chosen.get("number"), acr: AUTHMECH + chosen.get("means") } },
  );
}

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith("/kies/")) {
    answer(request, response);
    return;
  }
  choose(request, response).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end();
  });
}).listen(port, "127.0.0.1", () => console.log("ready"));
process.stdin.on("end", () => process.exit()).resume();

// A web app in front of the API, as one with Microsoft.Identity.Web would be: it signs a person in, gets a token for the API,
// keeps it in a cache that its instances share, and attaches it as Bearer. The clocks of the mock, the API and this process go
// together (API_CLOCK is the API's), so that tokens expire when the script says so. argv[2] is the MSAL to load.
// Run under house.sh; ends with `N passed, N failed`.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { askApi, done, must, step } from './steps.mjs';

const msal = await import(process.argv[2]);
const E = process.env;
const scopes = ['api://auth-test/access_as_user'], appScopes = ['api://auth-test/.default'];
const authority = `${E.IDP_HTTPS}/${E.TENANT_ID}`;

// ---- one clock for all ----
const RealDate = Date;
let now = Math.floor(RealDate.now() / 1000);
globalThis.Date = class extends RealDate {
  constructor(...given) { super(...(given.length ? given : [now * 1000])); }
  static now() { return now * 1000; }
};
const admin = (method, call, body) => fetch(`${E.IDP_HTTP}/_admin/${call}`, { method, body: body && JSON.stringify(body) });
async function advance(seconds) {
  now += seconds;
  fs.writeFileSync(`${E.API_CLOCK}.new`, `${now}\n`);
  fs.renameSync(`${E.API_CLOCK}.new`, E.API_CLOCK);
  must((await admin('PUT', 'clock', { mode: 'frozen', now })).ok, 'a clock that cannot be set');
}
const asked = async () => (await (await admin('GET', 'journal?endpoint=token')).json()).counts.token ?? 0;

// ---- the app ----
const store = new Map(); // what Redis would be
const cachePlugin = {
  beforeCacheAccess: async (context) => { if (store.has('tokens')) context.tokenCache.deserialize(store.get('tokens')); },
  afterCacheAccess: async (context) => { if (context.cacheHasChanged) store.set('tokens', context.tokenCache.serialize()); },
};
const instance = () => new msal.ConfidentialClientApplication({
  auth: { clientId: E.WEB_ID, clientSecret: E.WEB_SECRET, authority, knownAuthorities: [new URL(authority).host] }, cache: { cachePlugin } });
const instances = [instance(), instance()];
const pending = new Map(), sessions = new Map();

async function challenge(app, redirectUri) {
  const { verifier, challenge: codeChallenge } = await new msal.CryptoProvider().generatePkceCodes();
  const state = crypto.randomUUID(), nonce = crypto.randomUUID();
  pending.set(state, { verifier, nonce });
  return { status: 302, location: await app.getAuthCodeUrl({ scopes, redirectUri, codeChallenge, codeChallengeMethod: 'S256', state, nonce, responseMode: 'query' }) };
}

async function callback(app, redirectUri, query) {
  const known = pending.get(query.get('state'));
  if (!known) return { status: 400 };
  pending.delete(query.get('state'));
  const { account } = await app.acquireTokenByCode({ code: query.get('code'), scopes, redirectUri, codeVerifier: known.verifier, nonce: known.nonce });
  const session = crypto.randomUUID();
  sessions.set(session, account.homeAccountId);
  return { status: 302, location: '/', cookie: `session=${session}; HttpOnly` };
}

async function answerTo(request, index) {
  const app = instances[index], url = new URL(request.url, `http://${request.headers.host}`);
  const redirectUri = `${url.origin}/callback`;
  if (url.pathname === '/callback') return callback(app, redirectUri, url.searchParams);
  const home = sessions.get(request.headers.cookie?.replace('session=', ''));
  if (!home) return challenge(app, redirectUri);
  try {
    const account = (await app.getTokenCache().getAllAccounts()).find((a) => a.homeAccountId === home);
    const { accessToken } = await app.acquireTokenSilent({ account, scopes });
    const answer = await askApi(accessToken);
    return { status: answer.status, body: JSON.stringify({ user: (await answer.json()).user, accessToken }) };
  } catch (error) {
    if (error instanceof msal.InteractionRequiredAuthError) return challenge(app, redirectUri);
    throw error;
  }
}

const servers = await Promise.all(instances.map((_, index) => new Promise((listening) => {
  const server = http.createServer((request, response) => answerTo(request, index).catch((error) => ({ status: 500, body: `${error.stack}` }))
    .then(({ status, location, cookie, body }) => {
      response.writeHead(status, { ...location && { Location: location }, ...cookie && { 'Set-Cookie': cookie } }).end(body);
    }));
  server.listen(0, 'localhost', () => listening(server));
})));
const urls = servers.map((server) => `http://localhost:${server.address().port}/`);

// ---- the browser ----
const jar = new Map();
async function browse(url, hops = []) {
  const host = new URL(url).hostname;
  const answer = await fetch(url, { redirect: 'manual', headers: { Cookie: [...jar].map((pair) => pair.join('=')).join('; ') } });
  const set = answer.headers.get('set-cookie');
  if (set && host === 'localhost' && url.startsWith('http:')) jar.set('session', set.match(/session=([^;]*)/)[1]);
  if (answer.status !== 302) return { status: answer.status, text: await answer.text(), hops };
  return browse(new URL(answer.headers.get('location'), url).href, [...hops, url]);
}
async function open(url) {
  const { status, text, hops } = await browse(url);
  must(status === 200, `${status} ${text}`);
  return { ...JSON.parse(text), hops };
}

let first;
await advance(0);
await step('who is not signed in is sent to the mock, and comes back with the answer of the API', async () => {
  first = await open(urls[0]);
  must(first.user === 'Alice' && first.hops.length === 3, JSON.stringify(first));
  return first.user;
});

await step('the second call has the same token, and asks nobody for it', async () => {
  const before = await asked();
  const second = await open(urls[0]);
  must(second.accessToken === first.accessToken && second.hops.length === 0 && await asked() === before, 'another token');
});

await step('so has the other instance of the app, from the cache that they share', async () => {
  const before = await asked();
  const second = await open(urls[1]);
  must(second.accessToken === first.accessToken && await asked() === before, 'another token');
});

await step('after its lifetime the API refuses it, and the app has a fresh one without a sign-in', async () => {
  await advance(2 * 3600);
  const old = await askApi(first.accessToken);
  must(old.status === 401 && /invalid_token.*expired/.test(old.headers.get('www-authenticate')), `${old.status} ${old.headers.get('www-authenticate')}`);
  const fresh = await open(urls[0]);
  must(fresh.user === 'Alice' && fresh.accessToken !== first.accessToken && fresh.hops.length === 0, JSON.stringify(fresh));
  must((await open(urls[1])).accessToken === fresh.accessToken, 'another token on the other instance');
});

await step('after a change of the signing keys, too', async () => {
  const kid = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;
  const before = (await open(urls[0])).accessToken;
  must((await admin('POST', 'keys/rotate')).ok, 'keys that cannot be rotated');
  await advance(2 * 3600);
  const fresh = await open(urls[0]);
  must(fresh.user === 'Alice' && kid(fresh.accessToken) !== kid(before), 'the old key');
});

await step('when the refresh token is too old, the person signs in again', async () => {
  await advance(90 * 86400 + 60);
  const again = await open(urls[0]);
  must(again.user === 'Alice' && again.hops.length === 3, JSON.stringify(again));
});

await step('a token of the app itself is cached and renewed likewise', async () => {
  const daemon = new msal.ConfidentialClientApplication({
    auth: { clientId: E.DAEMON_ID, clientSecret: E.DAEMON_SECRET, authority, knownAuthorities: [new URL(authority).host] } });
  const one = await daemon.acquireTokenByClientCredential({ scopes: appScopes });
  const two = await daemon.acquireTokenByClientCredential({ scopes: appScopes });
  await advance(2 * 3600);
  const three = await daemon.acquireTokenByClientCredential({ scopes: appScopes });
  must(two.accessToken === one.accessToken && three.accessToken !== one.accessToken, 'a wrong token');
  must((await askApi(one.accessToken)).status === 401 && (await askApi(three.accessToken)).status === 200, 'another answer of the API');
});

for (const server of servers) server.close();
done(`a web app with ${process.argv[2]}`);

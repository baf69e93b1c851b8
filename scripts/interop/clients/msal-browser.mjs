// MSAL Browser, unmodified, in Chromium: sign-in by redirect and popup, tokens by refresh token and hidden iframe, sign-out.
// argv[2] is the package to load (msal-browser-4, msal-browser-5). With IDP_AS the app names no authority but Microsoft's own.
// Run under house.sh with IDP_SIGN_IN=page; ends with `N passed, N failed`.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { asked, close, open } from './browser.mjs';
import { callApi, done, must, step } from './steps.mjs';

const E = process.env;
const path = createRequire(import.meta.url).resolve(process.argv[2]).replace(/lib\/.*$|dist\/.*$/, '');
const version = JSON.parse(fs.readFileSync(`${path}package.json`)).version;
const library = fs.readFileSync(`${path}lib/msal-browser.min.js`);
// since version 5 the redirect URI is a page of its own, which hands the answer to the app
const bridgeFile = `${path}lib/redirect-bridge/msal-redirect-bridge.min.js`;
const bridge = fs.existsSync(bridgeFile) && fs.readFileSync(bridgeFile);
const clientId = 'c0ffee00-0000-4000-8000-0000000000c1';
const request = { scopes: ['api://auth-test/access_as_user'] };

const app = http.createServer((asking, answer) => {
  const served = { '/msal.js': library, '/bridge.js': bridge, '/blank': '<!doctype html><title>blank</title>', '/app': page };
  const where = asking.url.replace(/[?#].*/, '');
  answer.setHeader('Content-Type', where.endsWith('.js') ? 'text/javascript' : 'text/html');
  answer.end(served[where] ?? (bridge ? bridgePage : page));
});
await new Promise((listening) => { app.listen(0, 'localhost', listening); });
const redirectUri = `http://localhost:${app.address().port}/`;
const home = bridge ? `${redirectUri}app` : redirectUri;
const bridgePage = '<!doctype html><script src="/bridge.js"></script><script>msalRedirectBridge.broadcastResponseToMainFrame();</script>';
const authority = `${E.IDP_HTTPS}/${E.TENANT_ID}`;
const known = E.IDP_AS ? {} : { knownAuthorities: [new URL(E.IDP_HTTPS).host] };
const page = `<!doctype html><html lang="en"><title>app</title><script src="/msal.js"></script><script>
  window.ready = (async () => {
    window.app = new msal.PublicClientApplication(${JSON.stringify({
    auth: { clientId, authority, ...known, redirectUri }, cache: { cacheLocation: 'sessionStorage' } })});
    await app.initialize();
    try {
      window.answer = await app.handleRedirectPromise();
      if (answer) app.setActiveAccount(answer.account);
    } catch (error) { window.refusal = error.errorCode; }
  })();
</script></html>`;

const context = await open();
const tab = context.pages()[0];
async function visit(where, url = home) {
  await where.goto(url);
  await where.evaluate(() => window.ready);
}

// what a person does on the mock's pages
async function signIn(where, name, password = 'Passw0rd!') {
  await where.getByRole('button', { name }).click();
  await where.getByLabel('Password').fill(password);
  await where.getByRole('button', { name: 'Sign in' }).click();
}

let first;
await step('sign-in by redirect, accepted by the API', async () => {
  await visit(tab);
  await tab.evaluate((r) => { app.loginRedirect(r); }, request);
  await signIn(tab, 'Alice');
  await tab.waitForURL(`${home}**`);
  await tab.waitForFunction(() => window.answer || window.refusal);
  first = await tab.evaluate(() => ({ refusal: window.refusal, token: answer?.accessToken, name: answer?.account.username }));
  must(first.name === 'alice@contoso.test', JSON.stringify(first));
  return callApi(first.token);
});

await step('the page is loaded again: the same token from the cache, a new one by the refresh token', async () => {
  await visit(tab);
  const [cached, fresh] = await tab.evaluate(async (r) => {
    const account = app.getAllAccounts()[0];
    const one = await app.acquireTokenSilent({ ...r, account });
    const two = await app.acquireTokenSilent({ ...r, account, forceRefresh: true });
    return [one, two].map((a) => ({ token: a.accessToken, fromCache: a.fromCache }));
  }, request);
  must(cached.fromCache && cached.token === first.token, 'a token that was not cached');
  must(!fresh.fromCache && fresh.token !== first.token, 'the old token');
  return callApi(fresh.token);
});

await step('silent renewal in a hidden iframe when the refresh token is gone', async () => {
  const other = await context.newPage(); // its session storage is empty, the mock's cookie is not
  await visit(other);
  const answer = await other.evaluate(async (r) => {
    const a = await app.ssoSilent({ ...r, loginHint: 'alice@contoso.test' });
    return { token: a.accessToken, name: a.account.username };
  }, request);
  await other.close();
  must(answer.name === 'alice@contoso.test', answer.name);
  return callApi(answer.token);
});

await step("a page's refresh token ends after a day, and the iframe takes its place", async () => {
  const advance = (seconds) => fetch(`${E.IDP_HTTP}/_admin/clock/advance`, { method: 'POST', body: JSON.stringify({ seconds }) });
  const refused = [];
  tab.on('response', (r) => { if (r.url().includes('/token') && r.status() === 400) refused.push(r.json()); });
  await advance(86000); // somebody signs in silently in time, and so the session goes on
  const other = await context.newPage();
  await visit(other);
  await other.evaluate((r) => app.ssoSilent({ ...r, loginHint: 'alice@contoso.test' }), request);
  await other.close();
  await advance(460);
  const token = await tab.evaluate(async (r) =>
    (await app.acquireTokenSilent({ ...r, account: app.getAllAccounts()[0], forceRefresh: true })).accessToken, request);
  await advance(-86460);
  await tab.evaluate(() => sessionStorage.clear()); // tokens of a time to come
  const [answer] = await Promise.all(refused);
  must(answer?.error_codes[0] === 700084 && token !== first.token, JSON.stringify(answer));
  return answer.suberror;
});

await step('sign-in by popup as another account', async () => {
  const other = await context.newPage();
  await visit(other);
  const opened = other.waitForEvent('popup');
  const signedIn = other.evaluate(async (r) => {
    const a = await app.loginPopup({ ...r, prompt: 'select_account' });
    return { token: a.accessToken, name: a.account.username };
  }, request);
  const popup = await opened;
  await signIn(popup, 'Bob');
  const answer = await signedIn;
  must(answer.name === 'bob@contoso.test' && popup.isClosed(), JSON.stringify(answer));
  await other.close();
  return callApi(answer.token);
});

await step('a popup that is cancelled says so to the app', async () => {
  const other = await context.newPage();
  await visit(other);
  const opened = other.waitForEvent('popup');
  const refused = other.evaluate((r) => app.loginPopup({ ...r, prompt: 'select_account' }).catch((error) => error.errorCode), request);
  await (await opened).getByRole('button', { name: 'Cancel' }).click();
  const code = await refused;
  await other.close();
  must(code === 'access_denied', code);
  return code;
});

await step('the sign-in page refuses to be framed', async () => {
  const other = await context.newPage();
  const said = other.waitForEvent('console', (message) => message.text().includes('frame'));
  await other.goto(`${redirectUri}blank`);
  const query = new URLSearchParams({ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', prompt: 'login',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
  await other.evaluate((url) => { document.body.append(Object.assign(document.createElement('iframe'), { src: url })); },
    `${authority}/oauth2/v2.0/authorize?${query}`);
  const text = (await said).text();
  await other.close();
  must(/Refused to (display|frame)|violates the following Content Security Policy/.test(text), text);
  return "frame-ancestors 'none'";
});

await step('sign-out leads back to the app, and nobody is signed in any more', async () => {
  await tab.evaluate((url) => { window.before = true; app.logoutRedirect({ postLogoutRedirectUri: url }); }, redirectUri);
  await tab.waitForFunction((url) => location.href === url && !window.before, redirectUri);
  await visit(tab);
  const code = await tab.evaluate((r) => app.ssoSilent(r).then(() => 'a token', (error) => error.errorCode), request);
  must(code === 'login_required', code);
  return code;
});

await step('nothing but the app and the mock was asked', async () => {
  const strangers = [...asked].filter((host) => host !== new URL(home).host && host !== new URL(E.IDP_HTTPS).host);
  must(strangers.length === 0, strangers);
  return [...asked].join(' ');
});

await close();
app.close();
done(`msal-browser ${version}`);

// The mock's pages as people meet them: every page under axe-core, in light on a desk and in dark on a phone; without
// JavaScript; by keyboard alone; a device code from the device to the API. Pictures of the pages go to PICTURES, if set.
// Run under house.sh with IDP_SIGN_IN=page; ends with `N passed, N failed`.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { asked, close, open } from './browser.mjs';
import { callApi, done, must, step } from './steps.mjs';

const E = process.env;
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const msal = await import('msal-node-3');
const desk = { width: 1280, height: 800 }, phone = { width: 320, height: 640 }; // WCAG 2.2, 1.4.10: 320 CSS pixels
const tenant = `${E.IDP_HTTPS}/${E.TENANT_ID}`;

// the app that is returned to; `stay` leaves the browser on the page that sent it
let stay = false, got;
const app = http.createServer((request, answer) => {
  let body = '';
  request.on('data', (piece) => { body += piece; });
  request.on('end', () => {
    if (!request.url.startsWith('/callback')) return answer.writeHead(404).end(); // an icon, for example
    got = new URLSearchParams(body || request.url.replace(/^[^?]*\??/, ''));
    return answer.writeHead(stay ? 204 : 200, { 'Content-Type': 'text/html' }).end(stay ? '' : '<!doctype html><title>arrived</title>');
  });
});
await new Promise((listening) => { app.listen(0, 'localhost', listening); });
const redirectUri = `http://localhost:${app.address().port}/callback`;
const authorize = (more = {}) => `${tenant}/oauth2/v2.0/authorize?${new URLSearchParams({
  client_id: E.WEB_ID, response_type: 'code', response_mode: 'form_post', redirect_uri: redirectUri, state: 's&t',
  scope: 'openid profile offline_access api://auth-test/access_as_user', ...more })}`;

const context = await open();
const page = context.pages()[0];

async function picture(name) {
  if (!E.PICTURES) return;
  fs.mkdirSync(E.PICTURES, { recursive: true });
  await page.screenshot({ path: `${E.PICTURES}/${name}.png`, fullPage: true });
}

async function violations() {
  if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return found.violations.map((v) => `${v.id} (${v.nodes.map((n) => n.target).join(', ')})`);
}

// every page that is shown goes through here
async function look(name) {
  for (const [where, size, colorScheme] of [['desk', desk, 'light'], ['phone', phone, 'dark']]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    const seen = await violations();
    await picture(`${name}-${where}`);
    must(seen.length === 0, `${where}, ${colorScheme}: ${seen.join('; ')}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    must(wide <= 0, `${where}: ${wide} px wider than the screen`);
  }
  await page.setViewportSize(desk);
  must((await page.innerText('main')).includes('Mock Entra'), 'a page that does not say what it is');
  return page.title();
}
const check = (name, go) => step(`axe: ${name}`, async () => { await go(); return look(name); });
const press = (name) => page.getByRole('button', { name }).click();

await check('account picker', () => page.goto(authorize()));
await check('unknown account', async () => { await page.getByLabel('Another account').fill('nobody@contoso.test'); await press('Next'); });
await check('password', () => press('Alice'));
await check('wrong password', async () => { await page.getByLabel('Password').fill('wrong'); await press('Sign in'); });
await check('consent', async () => {
  await page.goto(authorize({ prompt: 'consent', login_hint: 'alice@contoso.test' }));
  await page.getByLabel('Password').fill('Passw0rd!');
  await press('Sign in');
});
await check('second factor', async () => {
  await page.goto(authorize({ login_hint: 'mfa@contoso.test' }));
  await page.getByLabel('Password').fill('Passw0rd!');
  await press('Sign in');
  await page.getByRole('heading', { name: 'Approve sign in request' }).waitFor();
});
await step('a second factor, denied and then approved, without the password again', async () => {
  await press('Deny');
  await page.waitForURL(`${redirectUri}**`);
  must(got.get('error') === 'access_denied' && got.get('error_description').startsWith('AADSTS500121: '), got);
  await page.goto(authorize());
  await press('Approve');
  await page.waitForURL(`${redirectUri}**`);
  must(got.get('code') && got.get('state') === 's&t', got);
  return 'AADSTS500121';
});
await check('admin consent', async () => {
  await context.clearCookies();
  await page.goto(`${tenant}/v2.0/adminconsent?${new URLSearchParams({ client_id: E.WEB_ID, redirect_uri: redirectUri, state: 's', scope: 'api://auth-test/.default' })}`);
});
await check('admin consent of nobody', async () => { await page.getByLabel('Administrator').fill('nobody@contoso.test'); await press('Accept'); });
await check('what an error means', () => page.goto(`${E.IDP_HTTPS}/error?code=50011`));
await check('form_post', async () => {
  stay = true;
  await page.goto(authorize({ prompt: 'consent', login_hint: 'alice@contoso.test' }));
  await page.getByLabel('Password').fill('Passw0rd!');
  await press('Sign in');
  await press('Accept');
  await page.getByRole('heading', { name: 'Back to the application' }).waitFor();
});
stay = false;
await check('device code', () => page.goto(`${E.IDP_HTTPS}/devicelogin`));
await check('wrong device code', async () => { await page.getByLabel('Code').fill('NOTACODE1'); await press('Next'); });
await check('error', () => page.goto(authorize({ redirect_uri: 'https://elsewhere.test/' })));
await check('signed out', () => page.goto(`${tenant}/oauth2/v2.0/logout`));
await check('a form without its cookie', async () => {
  await page.goto(authorize());
  await context.clearCookies();
  await press('Next');
});

// a device code, up to the page that asks who it is; `answer` is what the device gets
async function startDevice() {
  const device = new msal.PublicClientApplication({ auth: { clientId: E.NATIVE_ID, authority: tenant, knownAuthorities: [new URL(tenant).host] } });
  let shown;
  const answer = device.acquireTokenByDeviceCode({ scopes: ['api://auth-test/access_as_user'], deviceCodeCallback: (code) => shown(code) });
  const { userCode, verificationUri } = await new Promise((resolve) => { shown = resolve; });
  await page.goto(verificationUri);
  await page.getByLabel('Code').fill(userCode.toLowerCase());
  await page.keyboard.press('Enter');
  await page.getByLabel('Account').waitFor();
  return { answer };
}

await step('device code, from the device through the pages to the API', async () => {
  const { answer } = await startDevice();
  await look('device sign-in');
  await page.getByLabel('Account').fill('alice@contoso.test');
  await page.getByLabel('Password').fill('wrong');
  await press('Continue');
  await look('device sign-in refused');
  await page.getByLabel('Password').fill('Passw0rd!');
  await press('Continue');
  await look('device done');
  return callApi((await answer).accessToken);
});

await step('device code of who needs a second factor', async () => {
  const { answer } = await startDevice();
  await page.getByLabel('Account').fill('mfa@contoso.test');
  await page.getByLabel('Password').fill('Passw0rd!');
  await press('Continue');
  await look('device second factor');
  await press('Deny');
  await look('device second factor denied');
  await page.getByLabel('Password').fill('Passw0rd!');
  await press('Continue');
  await press('Approve');
  must((await page.innerText('main')).includes('You have signed in'), 'not signed in');
  return callApi((await answer).accessToken);
});

await step('by keyboard alone: the first account is one Tab away, Enter signs in', async () => {
  await context.clearCookies();
  await page.goto(authorize({ response_mode: 'query' }));
  await page.keyboard.press('Tab');
  const focused = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return { text: document.activeElement.textContent, outline: `${style.outlineStyle} ${style.outlineWidth}` };
  });
  must(focused.text.startsWith('Alice') && focused.outline === 'solid 3px', JSON.stringify(focused));
  await page.keyboard.press('Enter');
  await page.waitForSelector('#password:focus'); // no Tab is needed here
  await page.keyboard.type('Passw0rd!');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${redirectUri}**`);
  must(got.get('code') && got.get('state') === 's&t', got);
  return focused.outline;
});

await step('without JavaScript: sign-in, and form_post by its button', async () => {
  const plain = await open({ javaScriptEnabled: false });
  const tab = plain.pages()[0];
  got = undefined;
  await tab.goto(authorize());
  await tab.getByRole('button', { name: 'Bob' }).click();
  await tab.getByLabel('Password').fill('Passw0rd!');
  await tab.getByRole('button', { name: 'Sign in' }).click();
  must(got === undefined, 'a form that was sent without JavaScript');
  await tab.getByRole('button', { name: 'Continue' }).click();
  await tab.waitForURL(`${redirectUri}**`);
  must(got.get('code') && got.get('state') === 's&t', got);
  return 'Continue';
});

await step('another account instead of this one, and nobody at all', async () => {
  await context.clearCookies();
  await page.goto(authorize({ response_mode: 'query' }));
  await press('Alice');
  await press('Use another account');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await press('Bob');
  await press('Cancel');
  await page.waitForURL(`${redirectUri}**`);
  must(got.get('error') === 'access_denied' && got.get('error_subcode') === 'cancel', got);
  return got.get('error');
});

await step('no page asked anybody but the mock', async () => {
  const strangers = [...asked].filter((host) => ![new URL(E.IDP_HTTPS).host, new URL(redirectUri).host].includes(host));
  must(strangers.length === 0, strangers);
  return [...asked].join(' ');
});

await close();
app.close();
done(`axe-core ${createRequire(import.meta.url)('axe-core/package.json').version}, Chromium`);

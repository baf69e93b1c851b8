// oidc-client-ts, unmodified, in Chromium: a single-page app that signs in, renews by refresh token and in a hidden frame, and
// signs out; it signs in with the issuer of common, too. Run under house.sh; ends with `N passed, N failed`.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { asked, close, open } from './browser.mjs';
import { callApi, done, must, step } from './steps.mjs';
import { serve } from './visitor.mjs';

const E = process.env;
const library = path.join(path.dirname(createRequire(import.meta.url).resolve('oidc-client-ts')), '../browser/oidc-client-ts.min.js');
const spa = 'c0ffee00-0000-4000-8000-0000000000c1';
let tenant;

// the app: its one page is the redirect URI of each flow
const page = () => `<!DOCTYPE html><title>app</title><script src="/oidc.js"></script><script>
  const here = location.origin + '/';
  const manager = new oidc.UserManager({ authority: '${E.IDP_HTTPS}/${tenant}/v2.0', client_id: '${spa}', redirect_uri: here,
    silent_redirect_uri: here, post_logout_redirect_uri: here, scope: 'openid profile offline_access api://auth-test/access_as_user' });
  const back = location.search.includes('code=') && (parent === window ? manager.signinRedirectCallback() : manager.signinSilentCallback());
</script>`;
const app = await serve((request, response) => {
  const script = request.url === '/oidc.js';
  response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
  response.end(script ? fs.readFileSync(library) : page());
});

for (tenant of [E.TENANT_ID, 'common']) {
  const browser = await open(), tab = await browser.newPage();
  await step(`sign-in by redirect, ${tenant === 'common' ? tenant : 'the tenant'}, accepted by the API`, async () => {
    await tab.goto(app.origin);
    await Promise.all([tab.waitForURL(/[?&]code=/), tab.evaluate('void manager.signinRedirect()')]);
    const { profile, access_token: token } = await tab.evaluate('back');
    must(profile.name === 'Alice' && profile.tid === E.TENANT_ID, JSON.stringify(profile));
    return callApi(token);
  });
  if (tenant === 'common') continue;
  await step('renewal by refresh token', async () => callApi((await tab.evaluate('manager.signinSilent()')).access_token));
  await step('renewal in a hidden frame', async () => {
    await tab.evaluate('manager.getUser().then((user) => manager.storeUser(Object.assign(user, { refresh_token: undefined })))');
    return callApi((await tab.evaluate('manager.signinSilent()')).access_token);
  });
  await step('sign-out leads back to the app', async () => {
    const { pathname } = new URL((await Promise.all([tab.waitForRequest(/\/logout\?/), tab.evaluate('void manager.signoutRedirect()')]))[0].url());
    await tab.waitForURL(`${app.origin}/`);
    must(await tab.evaluate('manager.getUser()') === null, 'a user who is still signed in');
    return pathname.replace(/.*oauth2/, '…/oauth2');
  });
}
await step('the pages asked nobody else', () => must([...asked].every((host) => host.startsWith('localhost:')), [...asked].join()));
app.close();
await close();
done('oidc-client-ts 3.5.0');

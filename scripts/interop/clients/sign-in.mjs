// The sign-in of web frameworks, each unmodified and set up as its documentation says: passport-azure-ad (OIDCStrategy, v2 and
// v1), express-openid-connect, Auth.js (which NextAuth became). Run under house.sh; ends with `N passed, N failed`.
import { Auth } from '@auth/core';
import MicrosoftEntraID from '@auth/core/providers/microsoft-entra-id';
import express from 'express';
import session from 'express-session';
import openid from 'express-openid-connect';
import passport from 'passport';
import azure from 'passport-azure-ad';
import { callApi, done, must, step } from './steps.mjs';
import { serve, visitor } from './visitor.mjs';

const E = process.env;
const issuer = `${E.IDP_HTTPS}/${E.TENANT_ID}/v2.0`;
const api = 'api://auth-test/access_as_user', scope = `openid profile email offline_access ${api}`;

// ---- passport-azure-ad ----
async function withPassport(metadata, options, login = {}) {
  const app = express(), web = await serve(app), strategies = new passport.Passport();
  let seen;
  strategies.serializeUser((user, next) => next(null, user));
  strategies.deserializeUser((user, next) => next(null, user));
  strategies.use(new azure.OIDCStrategy({
    identityMetadata: `${E.IDP_HTTPS}/${metadata}/.well-known/openid-configuration`, clientID: E.WEB_ID, clientSecret: E.WEB_SECRET,
    redirectUrl: `${web.origin}/callback`, allowHttpForRedirectUrl: true, passReqToCallback: false, loggingLevel: 'error', ...options,
  }, (iss, sub, profile, accessToken, refreshToken, next) => next(null, seen = { name: profile.displayName, accessToken, refreshToken })));
  app.use(session({ secret: 'of-this-test-only', resave: false, saveUninitialized: false }), express.urlencoded({ extended: false }), strategies.initialize(), strategies.session());
  app.get('/login', strategies.authenticate('azuread-openidconnect', login));
  app.use('/callback', strategies.authenticate('azuread-openidconnect'), (request, response) => response.redirect('/'));
  app.get('/', (request, response) => response.send(request.user?.name ?? 'nobody'));
  const page = await visitor()(`${web.origin}/login`);
  web.close();
  must(page.text === 'Alice' && seen.refreshToken, `${page.status} ${page.url} ${page.text}`);
  return callApi(seen.accessToken);
}
const v2 = { scope: scope.split(' ') };
await step('passport-azure-ad, code by form_post, accepted by the API', () =>
  withPassport(`${E.TENANT_ID}/v2.0`, { ...v2, responseType: 'code', responseMode: 'form_post' }));
await step('code by query', () => withPassport(`${E.TENANT_ID}/v2.0`, { ...v2, responseType: 'code', responseMode: 'query' }));
await step('code id_token, with its c_hash', () =>
  withPassport(`${E.TENANT_ID}/v2.0`, { ...v2, responseType: 'code id_token', responseMode: 'form_post' }));
await step('any tenant of common', () =>
  withPassport('common/v2.0', { ...v2, responseType: 'code id_token', responseMode: 'form_post', validateIssuer: false }));
await step('the v1 endpoints, with a resource', () =>
  withPassport(E.TENANT_ID, { responseType: 'code id_token', responseMode: 'form_post', scope: ['openid'] }, { resourceURL: 'api://auth-test' }));

// ---- express-openid-connect ----
for (const [type, mode] of [['id_token', 'form_post'], ['code', 'query'], ['code id_token', 'form_post']]) {
  await step(`express-openid-connect, ${type} by ${mode}`, async () => {
    const app = express(), web = await serve(app), visit = visitor();
    app.use(openid.auth({ issuerBaseURL: issuer, baseURL: web.origin, clientID: E.WEB_ID, clientSecret: E.WEB_SECRET,
      secret: 'of-this-test-only-of-this-test-only', idpLogout: true,
      authorizationParams: { response_type: type, response_mode: mode, scope: type === 'id_token' ? 'openid profile email' : scope } }));
    app.get('/', async ({ oidc }, response) => response.json({ name: oidc.user.name, token: oidc.accessToken && (await oidc.accessToken.refresh()).access_token }));
    const page = await visit(web.origin);
    must(page.status === 200, `${page.status} ${page.url} ${page.text}`);
    const { name, token } = JSON.parse(page.text);
    const bye = await visit(`${web.origin}/logout`);
    web.close();
    must(name === 'Alice' && bye.url.startsWith(`${E.IDP_HTTPS}/${E.TENANT_ID}/oauth2/v2.0/logout`), `${name} ${bye.url}`);
    return token ? `${await callApi(token)}, by a refreshed token` : name;
  });
}

// ---- Auth.js ----
for (const tenant of [E.TENANT_ID, 'common']) {
  await step(`Auth.js, provider microsoft-entra-id, issuer of ${tenant === 'common' ? tenant : 'the tenant'}`, async () => {
    let account;
    const config = {
      basePath: '/api/auth', trustHost: true, secret: 'of-this-test-only', callbacks: { jwt: ({ token, account: a }) => (account = a ?? account, token) },
      providers: [MicrosoftEntraID({ clientId: E.WEB_ID, clientSecret: E.WEB_SECRET, issuer: `${E.IDP_HTTPS}/${tenant}/v2.0`,
        authorization: { params: { scope } }, profile: ({ sub, name, email }) => ({ id: sub, name, email }) })], // its own asks Graph for a photo
    };
    const web = await serve(async (request, response) => {
      const chunks = await request.toArray();
      const answer = await Auth(new Request(`${web.origin}${request.url}`, { method: request.method, headers: request.headers, body: chunks.length ? Buffer.concat(chunks) : undefined }), config);
      response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'set-cookie': answer.headers.getSetCookie() });
      response.end(await answer.text());
    });
    const visit = visitor();
    const { csrfToken } = JSON.parse((await visit(`${web.origin}/api/auth/csrf`)).text);
    await visit(`${web.origin}/api/auth/signin/microsoft-entra-id`, { method: 'POST', body: new URLSearchParams({ csrfToken, callbackUrl: `${web.origin}/api/auth/session` }) });
    const { user } = JSON.parse((await visit(`${web.origin}/api/auth/session`)).text) ?? {};
    web.close();
    must(user?.email === 'alice@contoso.test', JSON.stringify(user));
    return callApi(account.access_token);
  });
}

done('passport-azure-ad 4.3.5, express-openid-connect 3.4.0, @auth/core 0.41.3');

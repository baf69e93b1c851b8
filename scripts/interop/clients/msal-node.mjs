// MSAL Node, unmodified, over HTTPS: every grant that it knows; tokens cached by MSAL and accepted by the API.
// argv[2] is the package to load (msal-node-3, msal-node-7). Run under house.sh; ends with `N passed, N failed`.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { authorize, callApi, done, must, step } from './steps.mjs';

const msal = await import(process.argv[2]);
const E = process.env;
const authority = `${E.IDP_HTTPS}/${E.TENANT_ID}`;
const knownAuthorities = E.IDP_AS ? [] : [new URL(E.IDP_HTTPS).host]; // a name of Microsoft's needs no introduction
const scopes = ['api://auth-test/access_as_user'];
const appScopes = ['api://auth-test/.default'];
const confidential = (clientId, proof) => new msal.ConfidentialClientApplication({ auth: { clientId, authority, knownAuthorities, ...proof } });
const open = () => new msal.PublicClientApplication({ auth: { clientId: E.NATIVE_ID, authority, knownAuthorities } });

async function refused(run, code, word) {
  try {
    await run();
  } catch (error) {
    must(error.errorCode === code && error.message.includes(word), `${error.name} ${error.errorCode} ${error.message}`);
    return error;
  }
  throw new Error('a token was issued');
}

await step('client credentials, cached the second time, accepted by the API', async () => {
  const app = confidential(E.DAEMON_ID, { clientSecret: E.DAEMON_SECRET });
  const first = await app.acquireTokenByClientCredential({ scopes: appScopes });
  const second = await app.acquireTokenByClientCredential({ scopes: appScopes });
  must(!first.fromCache && second.fromCache && second.accessToken === first.accessToken, 'a token that was not cached');
  return callApi(first.accessToken);
});

await step('client credentials with a certificate, accepted by the API', async () => {
  const x5c = fs.readFileSync(E.DAEMON_CERT, 'utf8');
  const thumbprintSha256 = new crypto.X509Certificate(x5c).fingerprint256.replaceAll(':', '');
  const app = confidential(E.DAEMON_ID, { clientCertificate: { thumbprintSha256, privateKey: fs.readFileSync(E.DAEMON_KEY, 'utf8'), x5c } });
  return callApi((await app.acquireTokenByClientCredential({ scopes: appScopes })).accessToken);
});

await step('a certificate that is not registered is AADSTS700027', async () => {
  const x5c = fs.readFileSync(E.DAEMON_CERT, 'utf8');
  const thumbprintSha256 = new crypto.X509Certificate(x5c).fingerprint256.replaceAll(':', '');
  const app = confidential(E.WEB_ID, { clientCertificate: { thumbprintSha256, privateKey: fs.readFileSync(E.DAEMON_KEY, 'utf8') } });
  return (await refused(() => app.acquireTokenByClientCredential({ scopes: appScopes }), 'invalid_client', 'AADSTS700027')).errorCode;
});

const web = confidential(E.WEB_ID, { clientSecret: E.WEB_SECRET });
let user;
await step('authorization code with PKCE, accepted by the API', async () => {
  const { verifier, challenge } = await new msal.CryptoProvider().generatePkceCodes();
  const request = { scopes, redirectUri: E.WEB_REDIRECT };
  const url = await web.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: 'S256', state: 's&t', nonce: 'n' });
  const { parameters } = await authorize(url);
  must(parameters.get('state') === 's&t', parameters);
  user = await web.acquireTokenByCode({ ...request, code: parameters.get('code'), codeVerifier: verifier, nonce: 'n', clientInfo: parameters.get('client_info') });
  must(user.account?.username === 'alice@contoso.test' && user.idTokenClaims.nonce === 'n', JSON.stringify(user.account));
  must(user.account.homeAccountId.endsWith(`.${E.TENANT_ID}`), user.account.homeAccountId);
  return callApi(user.accessToken);
});

await step('the same token from the cache, a new one by the refresh token', async () => {
  const account = (await web.getTokenCache().getAllAccounts())[0];
  const cached = await web.acquireTokenSilent({ account, scopes });
  const fresh = await web.acquireTokenSilent({ account, scopes, forceRefresh: true });
  must(cached.fromCache && cached.accessToken === user.accessToken, 'a token that was not cached');
  must(!fresh.fromCache && fresh.accessToken !== user.accessToken, 'the old token');
  const other = await web.acquireTokenSilent({ account, scopes: ['api://legacy/user_impersonation'] });
  must(!other.fromCache, 'a cached token for another resource');
  return callApi(fresh.accessToken);
});

await step('on behalf of the user who called', async () => {
  const api = confidential(E.API_ID, { clientSecret: E.API_SECRET });
  const answer = await api.acquireTokenOnBehalfOf({ oboAssertion: user.accessToken, scopes: ['api://legacy/user_impersonation'] });
  must(answer.account?.username === 'alice@contoso.test', JSON.stringify(answer.account));
  return answer.scopes;
});

await step('device code, accepted by the API', async () => {
  let shown;
  const answer = await open().acquireTokenByDeviceCode({ scopes, deviceCodeCallback: (code) => { shown = code; } });
  must(shown?.userCode?.length === 9 && shown.message.includes(shown.userCode), JSON.stringify(shown));
  return callApi(answer.accessToken);
});

await step('interactive, through a loopback port', async () => {
  const openBrowser = async (url) => {
    const { action, parameters } = await authorize(url);
    const post = url.includes('response_mode=form_post');
    await (post ? fetch(action, { method: 'POST', body: parameters, redirect: 'manual' }) : fetch(action));
  };
  const answer = await open().acquireTokenInteractive({ scopes, openBrowser, successTemplate: 'ok', errorTemplate: 'no' });
  return callApi(answer.accessToken);
});

await step('user name and password, accepted by the API', async () => {
  const answer = await open().acquireTokenByUsernamePassword({ scopes, username: 'alice@contoso.test', password: 'Passw0rd!' });
  must(answer.account?.username === 'alice@contoso.test', `account ${JSON.stringify(answer.account)}`);
  return callApi(answer.accessToken);
});

await step('a wrong secret is invalid_client, AADSTS7000215', async () => {
  const app = confidential(E.DAEMON_ID, { clientSecret: 'wrong' });
  return (await refused(() => app.acquireTokenByClientCredential({ scopes: appScopes }), 'invalid_client', 'AADSTS7000215')).errorCode;
});

await step('MFA needed is interaction required', async () => {
  const run = () => open().acquireTokenByUsernamePassword({ scopes, username: 'mfa@contoso.test', password: 'Passw0rd!' });
  const error = await refused(run, 'invalid_grant', 'AADSTS50076');
  must(error instanceof msal.InteractionRequiredAuthError, error.name);
  return error.errorCode;
});

done(`msal-node ${msal.version}`);

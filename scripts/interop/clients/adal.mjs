// ADAL for Node, unmodified, over HTTPS: what still asks the v1 endpoints. Run under house.sh; ends with `N passed, N failed`.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { promisify } from 'node:util';
import adal from 'adal-node';
import { authorize, callApi, done, must, step } from './steps.mjs';

const E = process.env;
const authority = `${E.IDP_HTTPS}/${E.TENANT_ID}`, resource = 'api://auth-test';
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

// ask calls one of ADAL's functions on a context, whose cache is its own unless one is given
function ask(name, ...given) {
  const context = given[0] instanceof adal.AuthenticationContext ? given.shift() : new adal.AuthenticationContext(authority, false, new adal.MemoryCache());
  return promisify(context[name].bind(context))(...given);
}

await step('client credentials, accepted by the API', async () =>
  callApi((await ask('acquireTokenWithClientCredentials', resource, E.DAEMON_ID, E.DAEMON_SECRET)).accessToken));

await step('with a certificate', async () => {
  const thumbprint = new crypto.X509Certificate(fs.readFileSync(E.DAEMON_CERT)).fingerprint.replaceAll(':', '');
  return callApi((await ask('acquireTokenWithClientCertificate', resource, E.DAEMON_ID, fs.readFileSync(E.DAEMON_KEY, 'utf8'), thumbprint)).accessToken);
});

await step('a wrong secret is AADSTS7000215', async () => {
  const refusal = await ask('acquireTokenWithClientCredentials', resource, E.DAEMON_ID, 'wrong').catch((error) => error);
  must(/AADSTS7000215/.test(refusal.message), refusal.message);
  return '401';
});

let refreshToken;
await step('code', async () => {
  const query = new URLSearchParams({ response_type: 'code', client_id: E.WEB_ID, redirect_uri: E.WEB_REDIRECT, state: 's', resource });
  const { parameters } = await authorize(`${authority}/oauth2/authorize?${query}`);
  const answer = await ask('acquireTokenWithAuthorizationCode', parameters.get('code'), E.WEB_REDIRECT, resource, E.WEB_ID, E.WEB_SECRET);
  refreshToken = answer.refreshToken;
  must(answer.userId === 'alice@contoso.test' && answer.expiresIn > 3000, JSON.stringify(answer));
  return callApi(answer.accessToken);
});

await step('its refresh token, for another resource', async () => {
  const { aud, iss, ver } = claims((await ask('acquireTokenWithRefreshToken', refreshToken, E.WEB_ID, E.WEB_SECRET, 'api://legacy')).accessToken);
  must(aud === 'api://legacy' && ver === '1.0' && iss === `https://sts.windows.net/${E.TENANT_ID}/`, `${aud} ${iss}`);
  return aud;
});

const native = new adal.AuthenticationContext(authority, false, new adal.MemoryCache());
await step("user name and password, after the user's realm", async () =>
  callApi((await ask('acquireTokenWithUsernamePassword', native, resource, 'alice@contoso.test', 'Passw0rd!', E.NATIVE_ID)).accessToken));

await step('the same from the cache, by the name of the ID token', async () =>
  callApi((await ask('acquireToken', native, resource, 'alice@contoso.test', E.NATIVE_ID)).accessToken));

await step('device code', async () => {
  const codes = await ask('acquireUserCode', resource, E.NATIVE_ID, 'en-US');
  return callApi((await ask('acquireTokenWithDeviceCode', resource, E.NATIVE_ID, codes)).accessToken);
});

done('adal-node 0.2.4');

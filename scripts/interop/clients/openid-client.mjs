// openid-client, unmodified, over HTTPS: discovery, every way to authenticate, the flows, the ID token's signature.
// Run under house.sh; ends with `N passed, N failed`.
import crypto from 'node:crypto';
import fs from 'node:fs';
import * as oidc from 'openid-client';
import { authorize, callApi, done, must, step } from './steps.mjs';

const E = process.env;
const issuer = new URL(`${E.IDP_HTTPS}/${E.TENANT_ID}/v2.0`);
const scope = 'openid profile offline_access api://auth-test/access_as_user';
const discover = (id, authentication) => oidc.discovery(issuer, id, undefined, authentication, { execute: [oidc.enableNonRepudiationChecks] });
const app = (config) => oidc.clientCredentialsGrant(config, { scope: 'api://auth-test/.default' });

await step('client_secret_post', async () =>
  callApi((await app(await discover(E.DAEMON_ID, oidc.ClientSecretPost(E.DAEMON_SECRET)))).access_token));

await step('client_secret_basic, percent-encoded', async () =>
  callApi((await app(await discover(E.DAEMON_ID, oidc.ClientSecretBasic(E.DAEMON_SECRET)))).access_token));

await step('private_key_jwt, without a thumbprint and with one', async () => {
  const der = crypto.createPrivateKey(fs.readFileSync(E.DAEMON_KEY)).export({ type: 'pkcs8', format: 'der' });
  const key = await crypto.subtle.importKey('pkcs8', der, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
  await callApi((await app(await discover(E.DAEMON_ID, oidc.PrivateKeyJwt(key)))).access_token);
  // Entra wants to know which certificate it was; openid-client says so when told
  const x5t = crypto.createHash('sha1').update(new crypto.X509Certificate(fs.readFileSync(E.DAEMON_CERT)).raw).digest('base64url');
  const named = oidc.PrivateKeyJwt(key, { [oidc.modifyAssertion]: (header) => { header.x5t = x5t; } });
  return callApi((await app(await discover(E.DAEMON_ID, named))).access_token);
});

const config = await discover(E.WEB_ID, oidc.ClientSecretPost(E.WEB_SECRET));
let tokens;
await step('code with PKCE, nonce and state; the ID token by the key set', async () => {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier(), expectedNonce = oidc.randomNonce(), expectedState = oidc.randomState();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: E.WEB_REDIRECT, scope, nonce: expectedNonce, state: expectedState,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
  });
  const { action } = await authorize(url.href);
  tokens = await oidc.authorizationCodeGrant(config, new URL(action), { pkceCodeVerifier, expectedNonce, expectedState });
  must(tokens.claims().preferred_username === 'alice@contoso.test', JSON.stringify(tokens.claims()));
  return callApi(tokens.access_token);
});

await step('a refresh token without a scope is for the same', async () => {
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  must(fresh.access_token !== tokens.access_token && fresh.refresh_token !== tokens.refresh_token, 'the old tokens');
  return callApi(fresh.access_token);
});

await step('code id_token, with its c_hash', async () => {
  const hybrid = await discover(E.WEB_ID, oidc.ClientSecretPost(E.WEB_SECRET));
  oidc.useCodeIdTokenResponseType(hybrid);
  const nonce = oidc.randomNonce(), state = oidc.randomState();
  const url = oidc.buildAuthorizationUrl(hybrid, { redirect_uri: E.WEB_REDIRECT, scope, nonce, state });
  const { action } = await authorize(url.href);
  const answer = await oidc.authorizationCodeGrant(hybrid, new URL(action), { expectedNonce: nonce, expectedState: state });
  return answer.claims().name;
});

await step('device code', async () => {
  const native = await discover(E.NATIVE_ID, oidc.None());
  const device = await oidc.initiateDeviceAuthorization(native, { scope });
  return callApi((await oidc.pollDeviceAuthorizationGrant(native, device)).access_token);
});

await step('userinfo of a token for it, with the sub of the ID token', async () => {
  const graph = await oidc.refreshTokenGrant(config, tokens.refresh_token, { scope: 'openid profile email' });
  const info = await oidc.fetchUserInfo(config, graph.access_token, tokens.claims().sub);
  must(info.email === 'alice@contoso.test', JSON.stringify(info));
  return info.name;
});

await step('signing out leads back to the app', async () => {
  const url = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: E.WEB_REDIRECT, id_token_hint: tokens.id_token, state: 's' });
  const { action } = await authorize(url.href);
  must(action === `${E.WEB_REDIRECT}?state=s`, action);
  return action;
});

done('openid-client 6.9.0');

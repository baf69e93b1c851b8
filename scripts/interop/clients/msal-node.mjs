// MSAL Node, unmodified, over HTTPS: an app token and a user token, each cached by MSAL and accepted by the API.
// argv[2] is the package to load (msal-node-3, msal-node-7). Run under house.sh; ends with `N passed, N failed`.
const msal = await import(process.argv[2]);
const E = process.env;
let passed = 0, failed = 0;

async function step(name, run) {
  try {
    console.log(`ok   ${name} ${(await run()) ?? ''}`);
    passed++;
  } catch (error) {
    console.log(`FAIL ${name} ${error.errorCode ?? error.name}: ${error.message}`);
    failed++;
  }
}

function must(condition, seen) {
  if (!condition) throw new Error(`saw ${seen}`);
}

async function callApi(token) {
  const answer = await fetch(`${E.API_URL}/api/auth-test`, { headers: { Authorization: `Bearer ${token}` } });
  const text = await answer.text();
  must(answer.status === 200, `${answer.status} ${answer.headers.get('www-authenticate')} ${text}`);
  return JSON.parse(text).user;
}

const authority = `${E.IDP_HTTPS}/${E.TENANT_ID}`;
const knownAuthorities = [new URL(E.IDP_HTTPS).host];

await step('client credentials, cached the second time, accepted by the API', async () => {
  const app = new msal.ConfidentialClientApplication(
    { auth: { clientId: E.DAEMON_ID, clientSecret: E.DAEMON_SECRET, authority, knownAuthorities } });
  const request = { scopes: ['api://auth-test/.default'] };
  const first = await app.acquireTokenByClientCredential(request);
  const second = await app.acquireTokenByClientCredential(request);
  must(!first.fromCache && second.fromCache && second.accessToken === first.accessToken, 'a token that was not cached');
  return callApi(first.accessToken);
});

await step('user name and password, accepted by the API', async () => {
  const app = new msal.PublicClientApplication({ auth: { clientId: E.NATIVE_ID, authority, knownAuthorities } });
  const answer = await app.acquireTokenByUsernamePassword(
    { scopes: ['api://auth-test/access_as_user'], username: 'alice@contoso.test', password: 'Passw0rd!' });
  must(answer.account?.username === 'alice@contoso.test', `account ${JSON.stringify(answer.account)}`);
  return callApi(answer.accessToken);
});

await step('a wrong secret is invalid_client, AADSTS7000215', async () => {
  const app = new msal.ConfidentialClientApplication(
    { auth: { clientId: E.DAEMON_ID, clientSecret: 'wrong', authority, knownAuthorities } });
  try {
    await app.acquireTokenByClientCredential({ scopes: ['api://auth-test/.default'] });
  } catch (error) {
    must(error.errorCode === 'invalid_client' && error.message.includes('AADSTS7000215'), `${error.errorCode} ${error.message}`);
    return error.errorCode;
  }
  throw new Error('a token was issued');
});

await step('MFA needed is interaction required', async () => {
  const app = new msal.PublicClientApplication({ auth: { clientId: E.NATIVE_ID, authority, knownAuthorities } });
  try {
    await app.acquireTokenByUsernamePassword(
      { scopes: ['api://auth-test/access_as_user'], username: 'mfa@contoso.test', password: 'Passw0rd!' });
  } catch (error) {
    must(error instanceof msal.InteractionRequiredAuthError, `${error.name} ${error.errorCode} ${error.message}`);
    return error.errorCode;
  }
  throw new Error('a token was issued');
});

console.log(`msal-node ${msal.version} on Node ${process.versions.node}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

// Managed identities of other places than a virtual machine and App Service, with MSAL Node and @azure/identity, unmodified.
// argv[2] and argv[3] are the packages to load, argv[4] is the place, each a process of its own, since MSAL keeps the first that it
// sees: cloud-shell, service-fabric, machine-learning, arc (under arc.sh). Run under house.sh; ends with `N passed, N failed`.
import tls from 'node:tls';
import { callApi, done, must, step } from './steps.mjs';

const [, , msalName, identityName, place] = process.argv;
const msal = await import(msalName), identity = await import(identityName);
const E = process.env;
const machine = 'c0ffee00-0000-4000-8000-0000000000f1', assigned = 'c0ffee00-0000-4000-8000-0000000000f2';
const assignedObject = 'c0ffee00-0000-4000-8000-0000000000f3';
const portal = 'b677c290-cf4b-4a8e-a60e-91ba650a4abe';
const day = 86400, retryOptions = { maxRetries: 0 };
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const application = (managedIdentityIdParams) => new msal.ManagedIdentityApplication({ managedIdentityIdParams, system: { disableInternalRetries: true } });
const acquire = (id, resource = 'api://auth-test') => application(id).acquireToken({ resource });
const credential = (id) => new identity.ManagedIdentityCredential({ ...id, retryOptions });
const getToken = async (id) => (await credential(id).getToken('api://auth-test/.default')).token;

async function refused(run, word) {
  try {
    await run();
  } catch (error) {
    const seen = `${error.errorCode} ${error.message}`;
    must(seen.includes(word), seen);
    return word;
  }
  throw new Error('a token was issued');
}

// the token is accepted by the API, of this client, told to live so long, and cached
async function acceptable({ client, least, most }) {
  await step(`MSAL in ${place}, cached the second time, accepted by the API`, async () => {
    const app = application();
    const [first, second] = [await app.acquireToken({ resource: 'api://auth-test' }), await app.acquireToken({ resource: 'api://auth-test' })];
    const lives = Math.round((first.expiresOn - Date.now()) / 1000);
    must(!first.fromCache && second.fromCache && second.accessToken === first.accessToken, 'a token that was not cached');
    must(claims(first.accessToken).azp === client, JSON.stringify(claims(first.accessToken)));
    must(lives > least - 60 && lives <= most, `${lives} s`);
    return callApi(first.accessToken);
  });
  await step(`ManagedIdentityCredential in ${place}, accepted by the API`, async () => callApi(await getToken()));
  await step('DefaultAzureCredential finds it, too', async () =>
    callApi((await new identity.DefaultAzureCredential({ retryOptions }).getToken('api://auth-test/.default')).token));
}

const is = async (token, client) => {
  const seen = claims(await token);
  must(seen.azp === client, JSON.stringify(seen));
  return seen.azp;
};
const unknown = 'https://nobody.test/';

const places = {
  async 'cloud-shell'() {
    E.MSI_ENDPOINT = `${E.IDP_HTTP}/oauth2/token`;
    await acceptable({ client: portal, least: 3600, most: 5400 });
    await step('it is the user who is signed in', async () => {
      const seen = claims(await getToken());
      must(seen.preferred_username === 'alice@contoso.test' && seen.scp === 'access_as_user', JSON.stringify(seen));
      return seen.preferred_username;
    });
    await step('a user-assigned one is refused by the client', () => refused(() => getToken({ clientId: assigned }), 'CloudShell'));
    await step('a resource that it does not serve', () => refused(() => acquire({}, unknown), 'AudienceNotSupported'));
  },

  async 'service-fabric'() {
    Object.assign(E, { IDENTITY_ENDPOINT: `${E.IDP_HTTPS}/msi/token`, IDENTITY_HEADER: 'mock-identity-header', IDENTITY_SERVER_THUMBPRINT: await thumbprint() });
    await acceptable({ client: machine, least: day, most: day });
    await step('the identity is that of the cluster, whatever is named', async () => is((await acquire({ userAssignedClientId: assigned })).accessToken, machine));
    await step('a user-assigned one is refused by the client', () => refused(() => getToken({ clientId: assigned }), 'Service Fabric'));
    await step('a resource that nobody knows', () => refused(() => acquire({}, unknown), 'An error occurred.'));
  },

  async 'machine-learning'() {
    Object.assign(E, { MSI_ENDPOINT: `${E.IDP_HTTP}/msi/auth`, MSI_SECRET: 'mock-identity-header', DEFAULT_IDENTITY_CLIENT_ID: machine });
    await acceptable({ client: machine, least: day, most: day });
    await step('the user-assigned one, MSAL', async () => is((await acquire({ userAssignedClientId: assigned })).accessToken, assigned));
    await step('the user-assigned one', () => is(getToken({ clientId: assigned }), assigned));
    await step('one that there is not', () => refused(() => getToken({ clientId: E.DAEMON_ID }), 'No User Assigned'));
    await step('a resource that nobody knows is AADSTS500011', () => refused(() => acquire({}, unknown), 'AADSTS500011'));
  },

  async arc() {
    Object.assign(E, { IDENTITY_ENDPOINT: `${E.IDP_HTTP}/arc/token`, IMDS_ENDPOINT: E.IDP_HTTP });
    await acceptable({ client: machine, least: day, most: day });
    await step('a resource that nobody knows is AADSTS500011', () => refused(() => acquire({}, unknown), 'AADSTS500011'));
    if (msalName === 'msal-node-7') { // the first that names identities to the agent
      const userAssignedResourceId = claims(await getToken()).xms_mirid.replace(/Compute.*/, 'ManagedIdentity/userAssignedIdentities/identity');
      for (const id of [{ userAssignedClientId: assigned }, { userAssignedObjectId: assignedObject }, { userAssignedResourceId }]) {
        await step(`the user-assigned one by ${Object.keys(id)}`, async () => is((await acquire(id)).accessToken, assigned));
      }
      await step('one that there is not', () => refused(() => acquire({ userAssignedClientId: E.DAEMON_ID }), 'Identity not found'));
    }
  },
};

// SHA-1 of the certificate of the listener
const thumbprint = () => new Promise((resolve, reject) => {
  const { port } = new URL(E.IDP_HTTPS);
  const socket = tls.connect({ host: 'localhost', port, servername: 'localhost' }, () => {
    resolve(socket.getPeerCertificate().fingerprint.replaceAll(':', ''));
    socket.destroy();
  });
  socket.on('error', reject);
});

await places[place]();
done(`${msalName} and ${identityName}, ${place}`);

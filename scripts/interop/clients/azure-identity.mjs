// @azure/identity, unmodified, over HTTPS. argv[2] is the package to load; argv[3] the part to play: credentials, app-service,
// imds (each a process of its own, since MSAL keeps the first managed identity that it sees), workload, proxy.
// Run under house.sh; ends with `N passed, N failed`.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { authorize, callApi, done, must, step } from './steps.mjs';

const [, , name, part] = process.argv;
const identity = await import(name);
const E = process.env;
const scope = 'api://auth-test/access_as_user', appScope = 'api://auth-test/.default', downstream = 'api://legacy/user_impersonation';
const retryOptions = { maxRetries: 0 };
// Microsoft's host needs no introduction
const options = E.IDP_AS ? { retryOptions } : { authorityHost: E.IDP_HTTPS, disableInstanceDiscovery: true, retryOptions };
const user = { username: 'alice@contoso.test', password: 'Passw0rd!' };
const call = async (credential, wanted = appScope) => callApi((await credential.getToken(wanted)).token);
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const byPassword = () => new identity.UsernamePasswordCredential(E.TENANT_ID, E.NATIVE_ID, user.username, user.password, options);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-identity-'));

async function refused(run, word) {
  try {
    await run();
  } catch (error) {
    must(error.message.includes(word), error.message);
    return word;
  }
  throw new Error('a token was issued');
}

const parts = {
  async credentials() {
    await step('ClientSecretCredential, cached the second time, accepted by the API', async () => {
      const credential = new identity.ClientSecretCredential(E.TENANT_ID, E.DAEMON_ID, E.DAEMON_SECRET, options);
      const [first, second] = [await credential.getToken(appScope), await credential.getToken(appScope)];
      must(first.token === second.token, 'a token that was not cached');
      return callApi(first.token);
    });

    await step('a wrong secret is AADSTS7000215', () => refused(() =>
      new identity.ClientSecretCredential(E.TENANT_ID, E.DAEMON_ID, 'wrong', options).getToken(appScope), 'AADSTS7000215'));

    const certificatePath = path.join(work, 'daemon.pem');
    fs.writeFileSync(certificatePath, fs.readFileSync(E.DAEMON_KEY, 'utf8') + fs.readFileSync(E.DAEMON_CERT, 'utf8'), { mode: 0o600 });
    for (const sendCertificateChain of [false, true]) {
      await step(`ClientCertificateCredential, ${sendCertificateChain ? 'with' : 'without'} the chain, accepted by the API`, () =>
        call(new identity.ClientCertificateCredential(E.TENANT_ID, E.DAEMON_ID, { certificatePath }, { ...options, sendCertificateChain })));
    }

    await step('EnvironmentCredential, all by AZURE_ variables, accepted by the API', () => {
      Object.assign(E, { AZURE_TENANT_ID: E.TENANT_ID, AZURE_CLIENT_ID: E.DAEMON_ID, AZURE_CLIENT_SECRET: E.DAEMON_SECRET,
        ...E.IDP_AS ? {} : { AZURE_AUTHORITY_HOST: E.IDP_HTTPS } });
      return call(new identity.EnvironmentCredential({ disableInstanceDiscovery: !E.IDP_AS }));
    });

    await step('UsernamePasswordCredential, accepted by the API', () => call(byPassword(), scope));

    await step('OnBehalfOfCredential with a secret, for the user who called', async () => {
      const userAssertionToken = (await byPassword().getToken(scope)).token;
      const credential = new identity.OnBehalfOfCredential({ tenantId: E.TENANT_ID, clientId: E.API_ID, clientSecret: E.API_SECRET, userAssertionToken, ...options });
      const seen = claims((await credential.getToken(downstream)).token);
      must(seen.upn === user.username && seen.scp === 'user_impersonation' && seen.appid === E.API_ID, JSON.stringify(seen));
      return seen.scp;
    });

    await step('OnBehalfOfCredential for an application is refused', async () => {
      const app = new identity.ClientSecretCredential(E.TENANT_ID, E.DAEMON_ID, E.DAEMON_SECRET, options);
      const userAssertionToken = (await app.getToken(appScope)).token;
      const credential = new identity.OnBehalfOfCredential({ tenantId: E.TENANT_ID, clientId: E.API_ID, clientSecret: E.API_SECRET, userAssertionToken, ...options });
      return refused(() => credential.getToken(downstream), 'AADSTS');
    });

    await step('AuthorizationCodeCredential, accepted by the API', async () => {
      const query = new URLSearchParams({ client_id: E.WEB_ID, response_type: 'code', redirect_uri: E.WEB_REDIRECT, scope: `${scope} offline_access` });
      const { parameters } = await authorize(`${E.IDP_HTTPS}/${E.TENANT_ID}/oauth2/v2.0/authorize?${query}`);
      return call(new identity.AuthorizationCodeCredential(E.TENANT_ID, E.WEB_ID, E.WEB_SECRET, parameters.get('code'), E.WEB_REDIRECT, options), scope);
    });

    await step('DeviceCodeCredential, accepted by the API', () =>
      call(new identity.DeviceCodeCredential({ tenantId: E.TENANT_ID, clientId: E.NATIVE_ID, userPromptCallback() {}, ...options }), scope));
  },

  async 'app-service'() {
    Object.assign(E, { IDENTITY_ENDPOINT: `${E.IDP_HTTP}/msi/token`, IDENTITY_HEADER: 'mock-identity-header' });
    await step('ManagedIdentityCredential as in App Service, accepted by the API', () => call(new identity.ManagedIdentityCredential({ retryOptions })));
    await step('DefaultAzureCredential finds it, too', () => call(new identity.DefaultAzureCredential({ retryOptions })));
  },

  // 169.254.169.254 in a network of its own, and AZURE_POD_IDENTITY_AUTHORITY_HOST elsewhere
  async imds() {
    if (!E.IDP_AS) E.AZURE_POD_IDENTITY_AUTHORITY_HOST = E.IDP_HTTP;
    await step('ManagedIdentityCredential as on a virtual machine, accepted by the API', () => call(new identity.ManagedIdentityCredential({ retryOptions })));
    await step('the user-assigned one by its client id', async () => {
      const clientId = 'c0ffee00-0000-4000-8000-0000000000f2';
      const seen = claims((await new identity.ManagedIdentityCredential({ clientId, retryOptions }).getToken(appScope)).token);
      must(seen.azp === clientId || seen.appid === clientId, JSON.stringify(seen));
      return seen.xms_mirid.replace(/.*\//, '');
    });
    await step('one that there is not', () => refused(() =>
      new identity.ManagedIdentityCredential({ clientId: E.DAEMON_ID, retryOptions }).getToken(appScope), 'not found'));
  },

  // a pod of the cluster that workload.sh made has its token in a file
  async workload() {
    const tokenFilePath = path.join(work, 'token');
    const common = { tenantId: E.TENANT_ID, clientId: E.DAEMON_ID, tokenFilePath, ...options };
    fs.writeFileSync(tokenFilePath, E.CLUSTER_TOKEN);
    await step('WorkloadIdentityCredential, accepted by the API', () => call(new identity.WorkloadIdentityCredential(common)));
    await step('DefaultAzureCredential in a pod, all by AZURE_ variables', () => {
      Object.assign(E, { AZURE_TENANT_ID: E.TENANT_ID, AZURE_CLIENT_ID: E.DAEMON_ID, AZURE_FEDERATED_TOKEN_FILE: tokenFilePath, AZURE_AUTHORITY_HOST: E.IDP_HTTPS });
      return call(new identity.DefaultAzureCredential({ disableInstanceDiscovery: true, retryOptions }));
    });
    await step('a token of another pod is AADSTS700213', () => {
      fs.writeFileSync(tokenFilePath, E.OTHER_TOKEN);
      return refused(() => new identity.WorkloadIdentityCredential(common).getToken(appScope), 'AADSTS700213');
    });
  },

  // no setting but HTTPS_PROXY: the proxy takes Microsoft's name to the mock
  async proxy() {
    const to = new URL(E.IDP_TLS), asked = [];
    const proxy = http.createServer();
    proxy.on('connect', (request, client) => {
      asked.push(request.url);
      const server = net.connect(to.port, to.hostname, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      for (const end of [client, server]) end.on('error', () => { client.destroy(); server.destroy(); });
    });
    await new Promise((listening) => { proxy.listen(0, '127.0.0.1', listening); });
    E.HTTPS_PROXY = `http://127.0.0.1:${proxy.address().port}`;
    await step("Microsoft's authority through a CONNECT proxy", async () => {
      const { token } = await new identity.ClientSecretCredential(E.TENANT_ID, E.DAEMON_ID, E.DAEMON_SECRET, options).getToken(appScope);
      must(claims(token).iss === `https://${E.IDP_AS}/${E.TENANT_ID}/v2.0`, claims(token).iss);
      must(asked.length > 0 && asked.every((host) => host === `${E.IDP_AS}:443`), asked);
      return asked[0];
    });
  },
};

await parts[part]();
fs.rmSync(work, { recursive: true });
done(`${name}, ${part}`);

// Headless Chromium that trusts the mock's CA as a person would make it: by the certificate store of its user.
// Every request of every page is noted, so that a step can say where the pages looked.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const E = process.env;
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-browser-'));
export const asked = new Set(); // the hosts of all requests so far

function trust(caFile) {
  const store = path.join(home, '.pki', 'nssdb');
  fs.mkdirSync(store, { recursive: true });
  execFileSync('certutil', ['-d', `sql:${store}`, '-N', '--empty-password']);
  execFileSync('certutil', ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'mockidp', '-i', caFile]);
}

trust(E.CA_FILE);
const args = ['--no-sandbox', '--disable-gpu'];
if (E.IDP_AS) args.push(`--host-resolver-rules=MAP ${E.IDP_AS}:443 ${new URL(E.IDP_TLS).host}`);
const profiles = [];

// a browser of its own, with cookies of its own; it lets frames have their cookies, as silent renewal needs with Entra, too
export async function open(options = {}) {
  const profile = fs.mkdtempSync(path.join(home, 'profile-'));
  fs.mkdirSync(path.join(profile, 'Default'));
  fs.writeFileSync(path.join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { block_third_party_cookies: false, cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: E.CHROMIUM || '/usr/bin/chromium', headless: true, args, env: { ...E, HOME: home }, ...options,
  });
  context.setDefaultTimeout(20000);
  context.on('request', (request) => asked.add(new URL(request.url()).host));
  profiles.push(context);
  return context;
}

export async function close() {
  for (const context of profiles) await context.close();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

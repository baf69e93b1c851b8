// fast-jwt: createVerifier with the keys of the set as PEM, since it has no JWKS client; exp, iss and aud are required.
import crypto from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { serve, settings } from './api.mjs';

let keys = new Map();

function readKey(key) {
  try {
    return [[key.kid, crypto.createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })]];
  } catch {
    return []; // one key that cannot be read must not spoil the set
  }
}

async function findKey({ header }) {
  if (!keys.has(header.kid)) {
    const set = await (await fetch(settings.jwks)).json();
    keys = new Map(set.keys.filter((key) => key?.kty === 'RSA').flatMap(readKey));
  }
  if (!keys.has(header.kid)) {
    throw new Error('no key of that name');
  }
  return keys.get(header.kid);
}

serve(createVerifier({
  key: findKey, algorithms: ['RS256'], allowedIss: settings.issuer, allowedAud: settings.audience, requiredClaims: ['exp', 'iss', 'aud'],
}));

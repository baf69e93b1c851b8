// jose: jwtVerify with createRemoteJWKSet, as its documentation shows; exp is required. The 30 s between two fetches are off: the
// suite publishes keys faster than that.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { serve, settings } from './api.mjs';

const keys = createRemoteJWKSet(new URL(settings.jwks), { cooldownDuration: 0 });
const options = { issuer: settings.issuer, audience: settings.audience, algorithms: ['RS256'], requiredClaims: ['exp'] };

serve(async (token) => (await jwtVerify(token, keys, options)).payload);

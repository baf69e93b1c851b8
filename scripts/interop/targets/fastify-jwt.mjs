// @fastify/jwt with get-jwks, as their documentations show; exp, iss and aud are required.
import fastifyJwt from '@fastify/jwt';
import Fastify from 'fastify';
import buildGetJwks from 'get-jwks';
import { hasScope, insufficient, invalid, maxHeaderSize, settings } from './api.mjs';

const app = Fastify({ http: { maxHeaderSize } });
const jwks = buildGetJwks({ issuersWhitelist: [settings.issuer], providerDiscovery: true, timeout: 5000 });
app.register(fastifyJwt, {
  decode: { complete: true },
  secret: (request, { header }) => jwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: settings.issuer }),
  verify: {
    algorithms: ['RS256'], allowedIss: settings.issuer, allowedAud: settings.audience, requiredClaims: ['exp', 'iss', 'aud'],
  },
});
app.get('/api/auth-test', async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch (error) {
    const missing = error.code === 'FST_JWT_NO_AUTHORIZATION_IN_HEADER';
    return reply.code(401).header('WWW-Authenticate', missing ? 'Bearer' : invalid).send({ error: error.code });
  }
  const claims = request.user.payload ?? request.user;
  return hasScope(claims)
    ? { message: 'Test successful', user: claims.name }
    : reply.code(403).header('WWW-Authenticate', insufficient).send({ error: 'scope' });
});
app.listen({ port: settings.port, host: '127.0.0.1' });

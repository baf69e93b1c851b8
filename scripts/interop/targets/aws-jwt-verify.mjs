// aws-jwt-verify: its generic JwtVerifier. The algorithm follows the key; customJwtCheck pins it.
import { JwtVerifier } from 'aws-jwt-verify';
import { assertStringEquals } from 'aws-jwt-verify/assert';
import { serve, settings } from './api.mjs';

const verifier = JwtVerifier.create({
  issuer: settings.issuer, audience: settings.audience, jwksUri: settings.jwks,
  customJwtCheck: ({ header }) => assertStringEquals('alg', header.alg, 'RS256'),
});

serve((token) => verifier.verify(token));

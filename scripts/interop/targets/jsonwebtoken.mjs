// jsonwebtoken with jwks-rsa, as the latter's documentation shows. There is no option that requires exp.
import jwt from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import { serve, settings } from './api.mjs';

const client = jwksRsa({ jwksUri: settings.jwks, cache: true, rateLimit: true, jwksRequestsPerMinute: 10 });
const options = { issuer: settings.issuer, audience: settings.audience, algorithms: ['RS256'] };

function findKey(header, done) {
  client.getSigningKey(header.kid, (error, key) => done(error, key && key.getPublicKey()));
}

serve((token) => new Promise((resolve, reject) => {
  jwt.verify(token, findKey, options, (error, claims) => (error ? reject(error) : resolve(claims)));
}));

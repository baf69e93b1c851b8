// express-jwt with jwks-rsa, as its documentation shows; the challenge is the application's to send.
import http from 'node:http';
import express from 'express';
import { expressjwt } from 'express-jwt';
import jwksRsa from 'jwks-rsa';
import { hasScope, insufficient, invalid, maxHeaderSize, settings } from './api.mjs';

const secret = jwksRsa.expressJwtSecret({ jwksUri: settings.jwks, cache: true, rateLimit: true, jwksRequestsPerMinute: 10 });
const app = express();
app.use(expressjwt({ secret, algorithms: ['RS256'], audience: settings.audience, issuer: settings.issuer }));
app.get('/api/auth-test', (request, response) => (hasScope(request.auth)
  ? response.json({ message: 'Test successful', user: request.auth.name })
  : response.status(403).set('WWW-Authenticate', insufficient).json({ error: 'scope' })));
app.use((error, request, response, next) => {
  response.status(error.status ?? 500)
    .set('WWW-Authenticate', error.code === 'credentials_required' ? 'Bearer' : invalid)
    .json({ error: error.code });
});
http.createServer({ maxHeaderSize }, app).listen(settings.port, '127.0.0.1');

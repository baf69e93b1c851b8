// express-oauth2-jwt-bearer: auth() finds the keys by discovery. requiredScopes reads `scope` and Entra has `scp`, so the scope is
// an authorization check of the application behind it. The 30 s between two fetches are off: the suite is faster than that.
import http from 'node:http';
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { hasScope, insufficient, maxHeaderSize, settings } from './api.mjs';

const app = express();
app.use(auth({ issuerBaseURL: settings.issuer, audience: settings.audience, tokenSigningAlg: 'RS256', cooldownDuration: 0 }));
app.get('/api/auth-test', (request, response) => (hasScope(request.auth.payload)
  ? response.json({ message: 'Test successful', user: request.auth.payload.name })
  : response.status(403).set('WWW-Authenticate', insufficient).json({ error: 'scope' })));
app.use((error, request, response, next) => {
  response.status(error.status ?? 500).set(error.headers ?? {}).json({ error: error.code });
});
http.createServer({ maxHeaderSize }, app).listen(settings.port, '127.0.0.1');

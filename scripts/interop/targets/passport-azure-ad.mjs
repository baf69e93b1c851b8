// passport-azure-ad: Microsoft's own BearerStrategy for Node (no longer maintained); the scope is its option.
import http from 'node:http';
import express from 'express';
import passport from 'passport';
import azure from 'passport-azure-ad';
import { maxHeaderSize, settings } from './api.mjs';

passport.use(new azure.BearerStrategy({
  identityMetadata: settings.discovery, clientID: settings.audience, audience: [settings.audience], issuer: settings.issuer,
  validateIssuer: true, scope: [settings.scope], loggingLevel: 'fatal', loggingNoPII: true,
}, (claims, done) => done(null, claims, claims)));

const app = express();
app.use(passport.initialize());
app.all('/api/auth-test', passport.authenticate('oauth-bearer', { session: false }), (request, response) => {
  response.json({ message: 'Test successful', user: request.user.name });
});
http.createServer({ maxHeaderSize }, app).listen(settings.port, '127.0.0.1');

// The part of an API that is no validator: one route that wants `Authorization: Bearer TOKEN`, and RFC 6750's answers. A target
// gives `serve` a function from a token to its claims that throws for a bad one. Strict and small, so that what the suite finds
// is the library's doing.
import http from 'node:http';

const E = process.env;
export const settings = {
  issuer: E.CONFORM_ISSUER, audience: E.CONFORM_AUDIENCE, jwks: E.CONFORM_JWKS, scope: E.CONFORM_SCOPE,
  discovery: `${E.CONFORM_AUTHORITY}/.well-known/openid-configuration`, tenant: E.CONFORM_TENANT, port: Number(E.CONFORM_PORT),
};
export const maxHeaderSize = 65536; // tokens with many groups are long

export function hasScope(claims) {
  return typeof claims.scp === 'string' && claims.scp.split(' ').includes(settings.scope);
}

export const invalid = 'Bearer error="invalid_token"';
export const insufficient = 'Bearer error="insufficient_scope"';

export function serve(validate) {
  http.createServer({ maxHeaderSize }, async (request, response) => {
    const answer = (status, body, challenge) => {
      response.writeHead(status, { 'Content-Type': 'application/json', ...(challenge && { 'WWW-Authenticate': challenge }) });
      response.end(JSON.stringify(body));
    };
    request.resume();
    const values = request.headersDistinct.authorization ?? [];
    const match = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(values[0] ?? '');
    if (values.length === 0) {
      return answer(401, { error: 'missing' }, 'Bearer');
    }
    if (values.length > 1 || !match) {
      return answer(401, { error: 'malformed' }, invalid);
    }
    try {
      const claims = await validate(match[1]);
      return hasScope(claims)
        ? answer(200, { message: 'Test successful', user: claims.name })
        : answer(403, { error: 'scope' }, insufficient);
    } catch (error) {
      return answer(401, { error: error.code ?? error.name }, invalid);
    }
  }).listen(settings.port, '127.0.0.1');
}

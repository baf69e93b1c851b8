// A person with a browser, as far as a web app sees one: cookies, redirects, and forms that send themselves.
import http from 'node:http';

const unescape = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

// the form of a page of response_mode=form_post, or null
function ownForm(page) {
  const action = page.match(/<form[^>]*action="([^"]+)"/)?.[1];
  const fields = [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, unescape(value)]);
  return action && fields.some(([name]) => ['code', 'id_token', 'error'].includes(name)) ? { action: unescape(action), fields } : null;
}

// returns visit(url, init), which goes where the answers lead, and returns the last as {status, url, text, headers}
export function visitor() {
  const jars = new Map(); // cookies by host
  async function ask(url, init) {
    const { host } = new URL(url);
    if (!jars.has(host)) jars.set(host, new Map());
    const jar = jars.get(host);
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, ...(cookie && { cookie }) } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      jar.set(name, value);
    }
    return answer;
  }
  return async function visit(url, init = {}) {
    for (let hops = 0; hops < 20; hops++) {
      const answer = await ask(url, init);
      const text = await answer.text();
      const form = ownForm(text);
      if (answer.status >= 300 && answer.status < 400) {
        url = new URL(answer.headers.get('location'), url).href;
        init = {};
      } else if (form) {
        url = new URL(form.action, url).href;
        init = { method: 'POST', body: new URLSearchParams(form.fields) };
      } else {
        return { status: answer.status, url, text, headers: answer.headers };
      }
    }
    throw new Error(`no end of redirects, last ${url}`);
  };
}

// a web app on loopback, at any free port: of http://localhost, Entra does not compare it
export async function serve(handler) {
  const server = http.createServer(handler);
  await new Promise((listening) => { server.listen(0, 'localhost', listening); });
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

// What every client script needs: one line a step, the call to the API, a browser without a browser, and the last line.
const E = process.env;
let passed = 0, failed = 0;

export async function step(name, run) {
  try {
    console.log(`ok   ${name} ${(await run()) ?? ''}`);
    passed++;
  } catch (error) {
    console.log(`FAIL ${name} ${error.errorCode ?? error.code ?? error.name}: ${error.message} ${error.cause?.message ?? ''}`);
    failed++;
  }
}

export function must(condition, seen) {
  if (!condition) throw new Error(`saw ${seen}`);
}

export const askApi = (token) => fetch(`${E.API_URL}/api/auth-test`, { headers: { Authorization: `Bearer ${token}` } });

export async function callApi(token) {
  const answer = await askApi(token);
  const text = await answer.text();
  must(answer.status === 200, `${answer.status} ${answer.headers.get('www-authenticate')} ${text}`);
  return JSON.parse(text).user;
}

// follows /authorize to the redirect URI, as a browser does, and returns the parameters that the app gets
export async function authorize(url) {
  const answer = await fetch(url, { redirect: 'manual' });
  if (answer.status === 302) {
    const there = new URL(answer.headers.get('location'));
    return { action: there.href, parameters: new URLSearchParams(there.search.slice(1) || there.hash.slice(1)) };
  }
  const page = await answer.text();
  const fields = [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], m[2].replaceAll('&amp;', '&')]);
  must(answer.status === 200 && fields.length > 0, `${answer.status} ${page}`);
  return { action: page.match(/action="([^"]+)"/)[1], parameters: new URLSearchParams(fields) };
}

export function done(what) {
  console.log(`${what} on Node ${process.versions.node}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

// An OpenID provider on a port of this machine: `node provider.js <port>`. It prints "listening" when it does. Two clients, ada and
// bob, get tokens; the node's document says what the claim "sluice" means. POST /rotate: it has another key, and the one before no more.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const resource = 'https://sluice.example.com';
const started = Date.now();
let generation = 0;

const client = (id, alg) => ({
  client_id: id,
  client_secret: `the secret of ${id}`,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  id_token_signed_response_alg: alg,
});

function key() {
  const [alg, type, options] =
    generation++ % 2 === 0 ? ['RS256', 'rsa', { modulusLength: 2048 }] : ['ES256', 'ec', { namedCurve: 'P-256' }];
  const jwk = generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });
  return { ...jwk, alg, use: 'sig', kid: `${started}-${generation}` };
}

function provider() {
  const signing = key();
  return new Provider(issuer, {
    clients: [client('ada', signing.alg), client('bob', signing.alg)],
    jwks: { keys: [signing] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        getResourceServerInfo: () => ({
          scope: '',
          audience: 'sluice',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: signing.alg } },
        }),
      },
    },
    extraTokenClaims: (_, token) => ({
      sluice: token.clientId === 'ada' ? { read: ['chat/{sub}'], write: ['chat/{sub}'] } : { read: ['chat/{client_id}'] },
    }),
  }).callback();
}

let answer = provider();

createServer((request, response) => {
  if (request.url === '/rotate') {
    answer = provider();
    response.end();
  } else {
    answer(request, response);
  }
}).listen(port, '127.0.0.1', () => console.log('listening'));

// It ends with the test, also where that was killed.
process.stdin.resume().on('end', () => process.exit());

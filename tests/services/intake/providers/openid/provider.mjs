// An OpenID Connect provider as its makers ship it, with the people and the clients that a test gives it as JSON.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { port, redirect, people, ours, keys } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    { client_id: 'ithaca', client_secret: 'made by the provider', redirect_uris: [redirect] },
    { client_id: 'by-post', client_secret: 'made by the provider', redirect_uris: [redirect], token_endpoint_auth_method: 'client_secret_post' },
    { client_id: 'by-key', redirect_uris: [redirect], token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks: ours },
    { client_id: 'public', redirect_uris: [redirect], token_endpoint_auth_method: 'none' },
    { client_id: 'portal', redirect_uris: [redirect], token_endpoint_auth_method: 'none' },
  ],
  features: { claimsParameter: { enabled: true } },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  cookies: { keys: ['a key of this test'] },
  jwks: { keys },
});
createServer(provider.callback()).listen(port, '127.0.0.1', () => console.log(JSON.stringify({ issuer })));

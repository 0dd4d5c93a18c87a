// Everything that systems ask of us, asked by openid-client as its documentation shows.
import * as client from 'openid-client';

const asked = JSON.parse(process.argv[2]);
const options = { execute: [client.allowInsecureRequests], algorithm: asked.algorithm };
const config = await client.discovery(new URL(asked.issuer), asked.client_id, asked.client_secret, undefined, options);
const token = await client.clientCredentialsGrant(config, { scope: 'intake:read' });
const known = await client.tokenIntrospection(config, token.access_token);
const exchanged = await client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
  subject_token: asked.subject_token,
  subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
});
const refreshed = await client.refreshTokenGrant(config, asked.refresh_token);
await client.tokenRevocation(config, refreshed.refresh_token);
const after = await client.tokenIntrospection(config, refreshed.refresh_token);
console.log(JSON.stringify({
  scope: token.scope,
  active: known.active,
  issued: exchanged.issued_token_type,
  revoked: after.active === false,
}));

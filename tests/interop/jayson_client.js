// jayson as a client of the Unix socket that is named by the first argument; prints what it heard as one JSON object.
'use strict';

const jayson = require('jayson');

const client = jayson.client.tcp({ path: process.argv[2] });

function call(method, params, id) {
  return new Promise((resolve, reject) => {
    client.request(method, params, id, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

function batch(requests) {
  return new Promise((resolve, reject) => {
    client.request(requests, (error, responses) => (error ? reject(error) : resolve(responses)));
  });
}

async function main() {
  const heard = {};
  heard.named = await call('subtract', { subtrahend: 23, minuend: 42 }, 'a');
  heard.positional = await call('subtract', [42, 23], 7);
  heard.text = await call('echo', ['Ωμ€\u{1F600}\n\u2028'], 1);
  heard.nothing = await call('result.none', [], 1);
  heard.unknown = await call('nosuch', {}, 1);
  heard.misfit = await call('subtract', { minuend: 1 }, 1);
  heard.refused = await call('raise.application', {}, 1);
  heard.broken = await call('raise.key', {}, 1);
  heard.large = (await call('echo', ['x'.repeat(900000)], 1)).result[0].length;

  // A notification has a connection of its own and no answer: only looking again shows that it was executed.
  await call('mark', ['note'], null);
  for (let looks = 0; looks < 100 && !heard.marks?.result.length; looks++) {
    heard.marks = await call('marks', [], 1);
  }
  heard.batch = await batch([
    client.request('subtract', [42, 23], 'x', false),
    client.request('mark', [], null, false),
    client.request('nosuch', [], 'y', false),
  ]);
  heard.parallel = await Promise.all(Array.from({ length: 50 }, (_, n) => call('echo.async', [n], n)));
  console.log(JSON.stringify(heard));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

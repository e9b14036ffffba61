// vscode-jsonrpc as a client of the Unix socket that is named by the first argument, with a codec of lines instead of
// its Content-Length headers; prints what it heard as one JSON object.
'use strict';

const net = require('net');
const rpc = require('vscode-jsonrpc/node');

class LineReader extends rpc.AbstractMessageReader {
  constructor(socket) {
    super();
    this.socket = socket;
  }

  listen(callback) {
    let rest = '';
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach((line) => callback(JSON.parse(line)));
    });
    this.socket.on('error', (error) => this.fireError(error));
    this.socket.on('close', () => this.fireClose());
    return { dispose() {} };
  }
}

class LineWriter extends rpc.AbstractMessageWriter {
  constructor(socket) {
    super();
    this.socket = socket;
  }

  write(message) {
    return new Promise((resolve, reject) => {
      this.socket.write(JSON.stringify(message) + '\n', (error) => (error ? reject(error) : resolve()));
    });
  }

  end() {}
}

async function failure(promise) {
  try {
    return { result: await promise };
  } catch (error) {
    return { code: error.code, message: error.message, data: error.data };
  }
}

async function main(socket) {
  const connection = rpc.createMessageConnection(new LineReader(socket), new LineWriter(socket));
  const heard = { items: [] };
  connection.onNotification('count', (...params) => heard.items.push(...params));
  connection.listen();
  heard.named = await connection.sendRequest('subtract', { minuend: 42, subtrahend: 23 });
  heard.positional = await connection.sendRequest('subtract', 42, 23);
  heard.nothing = await connection.sendRequest('result.none');
  heard.text = await connection.sendRequest('echo', 'Ωμ€\u{1F600}\n\u2028');
  heard.unknown = await failure(connection.sendRequest('nosuch'));
  heard.misfit = await failure(connection.sendRequest('subtract', { minuend: 1 }));
  heard.refused = await failure(connection.sendRequest('raise.application'));
  heard.broken = await failure(connection.sendRequest('raise.key'));
  heard.parallel = await Promise.all(
    Array.from({ length: 50 }, (_, n) => connection.sendRequest(n % 2 ? 'echo' : 'echo.async', n)),
  );
  await connection.sendNotification('mark', 'note');
  heard.marks = await connection.sendRequest('marks');
  heard.end = await connection.sendRequest('count.from', { minuend: 0, subtrahend: 3 });

  // It cancels with a notification of its own, `$/cancelRequest`, which a server that does not know it must ignore.
  const source = new rpc.CancellationTokenSource();
  const held = connection.sendRequest('hold', source.token);
  source.cancel();
  await connection.sendRequest('open');
  heard.held = await held;
  connection.dispose();
  socket.end();
  console.log(JSON.stringify(heard));
}

const socket = net.connect(process.argv[2], () =>
  main(socket).catch((error) => {
    console.error(error);
    process.exit(1);
  }),
);

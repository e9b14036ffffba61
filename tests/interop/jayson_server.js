// A server of jayson on the Unix socket that is named by the first argument; it ends with its standard input.
'use strict';

const jayson = require('jayson');

const server = new jayson.Server({
  subtract(params, callback) {
    const [minuend, subtrahend] = Array.isArray(params) ? params : [params.minuend, params.subtrahend];
    callback(null, minuend - subtrahend);
  },
  echo(params, callback) {
    callback(null, params);
  },
  nothing(_params, callback) {
    callback(null, null);
  },
  late(params, callback) {
    setTimeout(() => callback(null, params), params.milliseconds);
  },
  refuse(params, callback) {
    callback({ code: -32000, message: 'no such job', data: { job_id: params.job_id } });
  },
});

server.tcp().listen(process.argv[2], () => console.log('listening'));
process.stdin.on('end', () => process.exit()).resume();

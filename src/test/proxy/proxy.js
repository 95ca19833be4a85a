// A proxy that compresses all that it may: `node proxy.js <port> <port of the node>`.
import { Agent } from 'node:http';
import compression from 'compression';
import express from 'express';
import httpProxy from 'http-proxy';

const [port, node] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${node}`, agent });
// The node may go first. If the client does, http-proxy leaves the request to the node open.
proxy.on('error', (_, request) => request.socket.destroy());
proxy.on('proxyReq', (toNode, _, response) => response.on('close', () => toNode.destroy()));

express()
  .use(compression({ threshold: 0 }))
  .use((request, response) => proxy.web(request, response))
  .listen(port, '127.0.0.1');

// It ends with the test, also where that was killed.
process.stdin.resume().on('end', () => process.exit());

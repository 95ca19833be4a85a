// Server-Sent Events as the tutorials for Express have them: an array of clients, and a write to each.
const express = require('express');

const app = express();
let clients = [];

app.get('/events', (request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
  response.flushHeaders();
  clients.push(response);
  request.on('close', () => {
    clients = clients.filter(client => client !== response);
  });
});

app.post('/events', express.text({ type: '*/*' }), (request, response) => {
  clients.forEach(client => client.write(`data: ${request.body}\n\n`));
  response.status(204).end();
});

const server = app.listen(0, '127.0.0.1', 4096, () => {
  console.log(`express listens on http://127.0.0.1:${server.address().port}/`);
});
server.keepAliveTimeout = 0;
server.requestTimeout = 0;

// Publishes one event, once, however often it has to ask: node publish.mjs [URL [MESSAGE]]
const [url = 'http://localhost:8080/events', message = 'Hello World'] = process.argv.slice(2);
const body = JSON.stringify({message, timestamp: new Date()});
const headers = {'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID()}; // the same each time
for (let answer; answer?.status !== 201; ) {
  answer = await fetch(url, {method: 'POST', headers, body}).catch(() => undefined); // the connection broke
  if (answer && answer.status !== 503) {
    console.log(await answer.text());
    if (answer.status !== 201) process.exit(1);
  } else {
    await new Promise(done => setTimeout(done, 1000));
  }
}

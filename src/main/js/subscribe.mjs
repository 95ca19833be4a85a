// Prints a stream, and goes on after the last event where the connection breaks: node subscribe.mjs [URL]
const url = process.argv[2] ?? 'http://localhost:8080/events';
let lastId = '', retry = 2000, over = false;
while (!over) {
  try {
    const response = await fetch(url, {headers: lastId ? {'Last-Event-ID': lastId} : {}});
    if (response.status >= 400 && response.status < 500) throw new Error(`${url} answers ${response.status}`);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop(); // not all there yet
      for (const block of blocks) {
        const all = name => [...block.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map(found => found[1]);
        const event = all('event')[0] ?? 'message', data = all('data').join('\n');
        lastId = all('id')[0] ?? lastId;
        retry = Number(all('retry')[0] ?? retry);
        over ||= event === 'close' && data === '{}';
        if (event === 'gap') console.log('Gap:', data);
        else if (data && event !== 'close') console.log(`Message: ${JSON.parse(data).message} at ${JSON.parse(data).timestamp}`);
      }
    }
  } catch (broken) {
    if (!(broken instanceof TypeError)) throw broken; // fetch has this one for whatever the network does
  }
  if (!over) await new Promise(done => setTimeout(done, retry));
}

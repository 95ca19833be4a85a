// Publishes, asks, and tries what it may not, over the TCP bridge; a line of JSON for each thing that comes back.
import EventBus from 'vertx3-tcp-eventbus-client/lib/tcp-vertx-eventbus.js';

const say = line => console.log(JSON.stringify(line));
const bus = new EventBus('127.0.0.1', Number(process.argv[2]));
bus.onerror = error => {
  say({error: error.message});
  bus.transport.end();
};
bus.onopen = () => {
  bus.registerHandler('ears', (error, message) => {
    say({heard: message.body});
    bus.publish('other', 'not permitted');
  });
  bus.publish('ticks', {from: 'node'});
  bus.send('sluice.events', {asked: 'node'}, {topic: 'requests'}, (error, answer) => {
    say({id: answer.body});
    bus.send('sluice.events', 1, {type: 'close'}, refused => {
      say({code: refused.failureCode});
      bus.publish('ears', 'to myself');
    });
  });
};

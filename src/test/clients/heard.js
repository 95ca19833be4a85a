// One line of JSON per event: what ClientsIT reads.
export function heard(id, event, data) {
  process.stdout.write(JSON.stringify({ id, event, data }) + '\n');
}

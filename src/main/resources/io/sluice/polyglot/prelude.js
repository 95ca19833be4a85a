// What is easier said in JavaScript than over its embedding interface: see Prelude. The functions are taken before any script runs.
(({ parse, stringify }) => ({
  load: path => import(path),

  parse,

  // Bytes and promises go as they are; all else becomes what JSON says it is.
  encode: value =>
    value instanceof Uint8Array ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)
    : value instanceof ArrayBuffer || value instanceof Promise ? value
    : stringify(value),

  promise: begin => {
    const error = new Error(); // made here, so that its stack names the caller
    return new Promise((resolve, reject) => begin(resolve, (message, cause) => {
      error.message = message;
      error.cause = cause;
      reject(error);
    }));
  },

  text: value =>
    typeof value === 'object' && value !== null && !(value instanceof Error) ? stringify(value) ?? String(value)
    : value instanceof Error ? value.stack
    : String(value),
}))(JSON);

// Functions that are easier in JavaScript than over its embedding interface: see Prelude. Java takes them before any script runs.
(({ parse, stringify }) => ({
  load: path => import(path),

  parse,

  // Bytes and promises stay as they are; everything else becomes JSON.
  encode: value =>
    value instanceof Uint8Array ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)
    : value instanceof ArrayBuffer || value instanceof Promise ? value
    : stringify(value),

  promise: begin => {
    // The error is made here, so that its stack names the caller.
    const error = new Error();
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

/**
 * Why a schema cannot be dumped: one sentence, what to do about it, and where it is known, the place: a `file` with a
 * `line`, or with an `export` and its `property`, to be looked for in the project's files (`inputs`).
 */
export class Refusal extends Error {
  constructor(message, { hint = null, at = null, inputs = [] } = {}) {
    super(message);
    Object.assign(this, { hint, at, inputs });
  }
}

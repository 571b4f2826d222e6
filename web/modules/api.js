/**
 * The API: one function for all operations, typed by the API's own description.
 *
 * @import { Answer, At, Given, Method, PathOf, Problem } from "./api-types.js"
 * @import { components } from "../api.js"
 */

import { goToSignIn } from "./session.js";
import { language } from "./words.js";

/** Longer than any answer takes, shorter than people wait. */
const PATIENCE_MS = 30_000;

/** Why an operation did not do what was asked. */
export class Refusal extends Error {
  /**
   * @param {string} name the problem's name, as in `link-gone`; `offline` if no answer came, `unavailable` if it was none of ours
   * @param {Partial<Problem>} [problem]
   * @param {number} [retryAfter] seconds to wait
   */
  constructor(name, problem = {}, retryAfter = 0) {
    super(problem.title ?? name);
    this.name = name;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** What is wrong with each field. */
  get fields() {
    return this.problem.fields ?? {};
  }
}

/**
 * Why something was not done. What is no refusal is a mistake of ours, and thrown on.
 *
 * @param {unknown} cause
 */
export function refusalOf(cause) {
  if (cause instanceof Refusal) {
    return cause;
  }
  throw cause;
}

/**
 * Calls an operation. Where the session of `audience` has ended, that leads to its sign-in page and never to an answer, unless the page
 * `stays`: then it is a refusal like any other.
 *
 * @template {Method} M
 * @template {PathOf<M>} P
 * @param {M} method
 * @param {P} path as the API's description has it, with `{name}` for what `params` fills in
 * @param {Given<At<M, P>>} given
 * @returns {Promise<Answer<At<M, P>>>}
 * @throws {Refusal}
 */
export async function call(method, path, given) {
  const [, text] = await sent(method, path, given);
  return read(text);
}

/**
 * Calls an operation that answers with a file: its text and type, or, where it is being made, what the API says of that.
 *
 * @template {PathOf<"get">} P
 * @param {P} path
 * @param {Given<At<"get", P>>} given
 * @returns {Promise<{ file: Blob, name: string } | NonNullable<Answer<At<"get", P>>>>}
 * @throws {Refusal}
 */
export async function callForFile(path, given) {
  const [answer, text] = await sent("get", path, given);
  if (answer.status !== 200) {
    return read(text);
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "";
  return { file: new Blob([text], { type: answer.headers.get("Content-Type") ?? "" }), name };
}

/**
 * The answer of an operation that did what was asked, with its text.
 *
 * @template {Method} M
 * @template {PathOf<M>} P
 * @param {M} method
 * @param {P} path
 * @param {Given<At<M, P>>} given
 * @returns {Promise<[Response, string]>}
 */
async function sent(method, path, given) {
  const { params, query, body } = /** @type {{ params?: object, query?: object, body?: object }} */ (given);
  const { audience, stays } = given;
  let url = String(path);
  for (const [name, value] of Object.entries(params ?? {})) {
    url = url.replace(`{${name}}`, encodeURIComponent(value));
  }
  const filled = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (filled.length > 0) {
    url += `?${new URLSearchParams(filled.map(([name, value]) => [name, String(value)]))}`;
  }
  // What is sent by mail or text in consequence is in the language of the page.
  const headers = new Headers({ "Accept-Language": language });
  if (audience) {
    headers.set("Postern-Audience", audience);
  }
  if (body) {
    headers.set("Content-Type", "application/json");
  }
  const [answer, text] = await fetched(url, { method: method.toUpperCase(), headers, body: body && JSON.stringify(body) });
  if (answer.ok) {
    return [answer, text];
  }
  const refused = refusal(answer, text);
  if (refused.name === "session-needed" && audience && !stays) {
    return goToSignIn(audience);
  }
  throw refused;
}

/**
 * An answer with its text. `AbortSignal.timeout` would be shorter, and browsers of before 2022 do not have it.
 *
 * @param {string} url
 * @param {RequestInit} init
 * @returns {Promise<[Response, string]>}
 */
async function fetched(url, init) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(url, { ...init, signal: patience.signal });
    return [answer, await answer.text()];
  } catch {
    throw new Refusal("offline");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What is no JSON is none of ours: a network that wants to be signed in to, for one.
 *
 * @param {string} text
 */
function read(text) {
  try {
    return JSON.parse(text || "null");
  } catch {
    throw new Refusal("unavailable");
  }
}

/**
 * @param {Response} answer
 * @param {string} text
 */
function refusal(answer, text) {
  const retryAfter = Number(answer.headers.get("Retry-After")) || 0;
  if (!answer.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    // The gateway in front of us speaks for itself when it is asked too much or fails.
    return new Refusal(answer.status === 429 ? "too-many-requests" : "unavailable", {}, retryAfter);
  }
  /** @type {Problem} */
  const problem = read(text);
  return new Refusal(problem.type.replace("/problems/", ""), problem, retryAfter);
}

/** @typedef {components["schemas"]["Firm"]} Firm */
/** @typedef {components["schemas"]["Session"]} Session */
/** @typedef {components["schemas"]["Opened"]["next"]} Next */
/** @typedef {components["schemas"]["Enrolment"]} Enrolment */
/** @typedef {components["schemas"]["Settings"]} Settings */
/** @typedef {components["schemas"]["Device"]} Device */
/** @typedef {components["schemas"]["Link"]} LinkView */
/** @typedef {components["schemas"]["Document"]} Document */
/** @typedef {components["schemas"]["Client"]} Client */
/** @typedef {components["schemas"]["Channel"]} Channel */
/** @typedef {components["schemas"]["Challenge"]} GivenOut */
/** @typedef {components["schemas"]["Contact"]} Contact */
/** @typedef {NonNullable<Answer<At<"get", "/api/contacts/summary">>>} ContactsSummary */
/** @typedef {components["schemas"]["Diagnosis"]} Diagnosis */
/** @typedef {components["schemas"]["Record"]} AccessRecord */
/** @typedef {Contact["overrides"]} Overrides */
/** @typedef {components["schemas"]["Colleague"]} Colleague */
/** @typedef {components["schemas"]["Role"]} Role */
/** @typedef {components["schemas"]["GateKind"]} GateKind */
/** @typedef {components["schemas"]["NewGate"]} NewGate */
/** @typedef {components["schemas"]["GateChange"]} GateChange */
/** @typedef {Exclude<AccessRecord["outcome"], "newer">} Outcome */

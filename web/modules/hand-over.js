/**
 * Handing files over: one after the other, each straight to the store of documents by an address that is made when its turn comes.
 *
 * @import { Audience } from "./api-types.js"
 */

import { Refusal, call } from "./api.js";

/** What one request may carry. */
const LARGEST = 100 * 1024 ** 2;
/** Answers of the store that mean that the file is there: 412 says that it was there before. */
const ARRIVED = [200, 412];
/** Before a broken connection is tried once more by itself. */
const PAUSE_MS = 1500;
/** An address is taken for dead a little before it is. */
const MARGIN_MS = 10_000;

/** @typedef {"waiting" | "reading" | "sending" | "checking" | "arrived" | "refused" | "failed"} Stage */
/** Waits in seconds from which on only another day helps. */
const LONG_S = 3600;

/** @typedef {"failed" | "unreadable" | "too-large" | "empty" | "signed-out" | "other-account" | "too-many" | "refused"} Reason */

/**
 * @typedef {object} Item
 * @property {number} id
 * @property {File} file
 * @property {string} [client] for whom it is
 * @property {Stage} stage
 * @property {number} share how much of it has been sent, from 0 to 1
 * @property {Reason} [reason] why it was refused or failed
 * @property {Begun} [begun]
 */

/**
 * @typedef {object} Begun
 * @property {string} document
 * @property {{ method: string, url: string, headers: Record<string, string> }} upload
 * @property {number} until when the address ends
 * @property {boolean} [isStored] whether the store has the file
 */

/** What went wrong with one file, and is worth telling. */
class Stumble extends Error {
  /**
   * @param {Reason} reason
   * @param {Stage} [stage]
   */
  constructor(reason, stage = "failed") {
    super(reason);
    this.reason = reason;
    this.stage = stage;
  }
}

/**
 * Files on their way.
 *
 * @param {{ audience: Audience, changed: () => void, ended: () => void }} tell `ended` is called each time that nothing is left to send
 */
export function handOver({ audience, changed, ended }) {
  /** @type {Item[]} */
  let items = [];
  let isRunning = false;
  let last = 0;

  /**
   * @param {File[]} files
   * @param {string} [client]
   */
  function add(files, client) {
    if (!isRunning) {
      const names = new Set(Array.from(files, ({ name }) => name));
      items = items.filter((item) => item.stage === "failed" && !names.has(item.file.name));
    }
    for (const file of files) {
      items.push({ id: ++last, file, client, stage: "waiting", share: 0 });
    }
    run();
  }

  /** @param {Item} item */
  function retry(item) {
    Object.assign(item, { stage: "waiting", share: 0, reason: undefined });
    run();
  }

  async function run() {
    changed();
    if (isRunning) {
      return;
    }
    isRunning = true;
    for (let item = next(); item; item = next()) {
      await bring(item);
      changed();
    }
    isRunning = false;
    ended();
  }

  const next = () => items.find((item) => item.stage === "waiting");

  /** @param {Item} item */
  async function bring(item) {
    try {
      const begun = (item.begun = await begin(item));
      if (!begun.isStored) {
        enter(item, "sending");
        await send(item, begun.upload);
        begun.isStored = true;
      }
      enter(item, "checking");
      await complete(begun.document);
      enter(item, "arrived");
    } catch (cause) {
      const { stage, reason } = stumbled(cause);
      Object.assign(item, { stage, reason });
    }
  }

  /**
   * @param {Item} item
   * @param {Stage} stage
   */
  function enter(item, stage) {
    item.stage = stage;
    changed();
  }

  /**
   * Announces a file; one that was announced before goes on where it stopped.
   *
   * @param {Item} item
   * @returns {Promise<Begun>}
   */
  async function begin(item) {
    const { file, client, begun } = item;
    if (begun && (begun.isStored || Date.now() < begun.until)) {
      return begun;
    }
    if (file.size > LARGEST) {
      throw new Stumble("too-large", "refused");
    }
    if (file.size === 0) {
      throw new Stumble("empty", "refused");
    }
    enter(item, "reading");
    const sha256 = await digest(file);
    const content_type = file.type || "application/octet-stream";
    const body = { name: file.name, size: file.size, content_type, sha256, client };
    const { document, upload } = await call("post", "/api/documents", { audience, stays: true, body });
    return { document, upload, until: Date.now() + upload.expires_in * 1000 - MARGIN_MS };
  }

  /**
   * @param {Item} item
   * @param {Begun["upload"]} upload
   */
  async function send(item, upload) {
    let status = await put(item, upload);
    if (status === 0 || status >= 500) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      status = await put(item, upload);
    }
    if (!ARRIVED.includes(status)) {
      // An address that was refused is of no more use.
      item.begun = status === 0 || status >= 500 ? item.begun : undefined;
      throw new Stumble("failed");
    }
  }

  /**
   * `fetch` tells nothing of how far it has come.
   *
   * @param {Item} item
   * @param {Begun["upload"]} upload
   * @returns {Promise<number>} the store's status, or 0 if no answer came
   */
  function put(item, { method, url, headers }) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      for (const [name, value] of Object.entries(headers)) {
        request.setRequestHeader(name, value);
      }
      request.upload.onprogress = ({ loaded, total }) => {
        item.share = total > 0 ? loaded / total : 0;
        changed();
      };
      request.onloadend = () => resolve(request.status);
      request.send(item.file);
    });
  }

  /** @param {string} document */
  async function complete(document) {
    const of = { audience, stays: true, params: { document } };
    const { state } = await call("post", "/api/documents/{document}/completion", { ...of, body: {} });
    if (state === "refused") {
      throw new Stumble("refused", "refused");
    }
  }

  return { add, retry, items: () => items, isRunning: () => isRunning };
}

/**
 * @param {unknown} cause
 * @returns {{ stage: Stage, reason: Reason }}
 */
function stumbled(cause) {
  if (cause instanceof Stumble) {
    return cause;
  }
  if (!(cause instanceof Refusal)) {
    throw cause;
  }
  switch (cause.name) {
    case "invalid-request":
      return { stage: "refused", reason: cause.fields.client ? "other-account" : "refused" };
    case "session-needed":
      return { stage: "failed", reason: "signed-out" };
    default:
      return { stage: "failed", reason: cause.retryAfter > LONG_S ? "too-many" : "failed" };
  }
}

/**
 * The SHA-256 of a file, as hexadecimal digits.
 *
 * @param {File} file
 */
async function digest(file) {
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Stumble("unreadable");
  });
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

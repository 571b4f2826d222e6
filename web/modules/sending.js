/**
 * Files on their way: one after the other, each straight to the store of documents by an address that is made when its turn comes. A line
 * that breaks off, or a store that does not answer, is waited for; what then still does not arrive stays, until someone tries it again or
 * takes it away.
 *
 * @import { Audience } from "./api-types.js"
 */

import { Refusal, call } from "./api.js";
import { numbered } from "./file-names.js";
import { put } from "./put.js";

/** What one request may carry, in bytes. */
const LARGEST = 100 * 1024 ** 2;
/** Answers of the store that mean that the file is there: 412 says that it was there before. */
const ARRIVED = [200, 412];
/** The pauses between tries double from a second to this: a line that is back is soon found. */
const LONGEST_PAUSE_MS = 15_000;
/** How often a file is tried while there is a line, which takes about two minutes. */
const MOST_TRIES = 10;
/** An address is taken for dead a little before it is. */
const MARGIN_MS = 10_000;
/** Waits in seconds from which on only another day helps. */
const LONG_S = 3600;

/** @typedef {{ reason?: string | null, words?: string | null, fields?: Record<string, string> | null }} Why in code, and in words for who does not know the code */
/** @typedef {"chosen" | "waiting" | "reading" | "sending" | "checking" | "arrived" | "refused" | "failed"} Stage */
/** @typedef {"offline" | "stalled" | "unavailable"} Passing what passes by itself, most times */
/** @typedef {"folder" | "unreadable" | "too-large" | "empty" | "signed-out" | "other-account" | "too-many" | "stopped" | "refused"} Lasting */

/**
 * @typedef {object} Item
 * @property {number} id
 * @property {File} file
 * @property {string} name what it is to be called
 * @property {{ client?: string, name: string }} [whose] for whom it is, once that was said
 * @property {Stage} stage
 * @property {number} sent bytes of it that the store has
 * @property {Passing | Lasting} [trouble] why it waits, or did not arrive
 * @property {Why} [why] what the server says about it
 * @property {Begun} [begun]
 * @property {AbortController} [stopping]
 */

/**
 * @typedef {object} Begun
 * @property {string} document
 * @property {{ method: string, url: string, headers: Record<string, string> }} upload
 * @property {number} until when the address ends, as this page counts time
 * @property {boolean} [isStored] whether the store has the file
 */

/** What stands in the way of one file. */
class Stumble extends Error {
  /**
   * @param {Passing | Lasting} trouble
   * @param {Why} [why]
   */
  constructor(trouble, why) {
    super(trouble);
    this.trouble = trouble;
    this.why = why;
  }
}

/** Whether that passes by itself, most times. @param {Item["trouble"]} trouble @returns {trouble is Passing} */
export const isPassing = (trouble) => trouble === "offline" || trouble === "stalled" || trouble === "unavailable";

/** @param {Item["trouble"]} trouble whether the same file would be refused again */
const isFinal = (trouble) => trouble !== undefined && ["folder", "unreadable", "too-large", "empty", "refused"].includes(trouble);

/** Whether trying an item once more may help. @param {Item} item */
export const canBeTried = ({ stage, trouble }) => stage === "failed" && trouble !== "signed-out" && trouble !== "other-account";

/**
 * @param {{ audience: Audience, changed: () => void, ended: () => void }} tell `ended` is called each time that nothing is left to send
 */
export function sending({ audience, changed, ended }) {
  /** @type {Item[]} */
  let items = [];
  let isRunning = false;
  let last = 0;
  /** How often the next file is tried: once, as long as none comes through. */
  let patience = MOST_TRIES;
  /** How fast what is on its way moves, in bytes a millisecond. */
  let speed = 0;

  /** Names that another file here has, or had. @param {Item} [but] */
  const names = (but) => items.filter((item) => item !== but && item.stage !== "refused").map(({ name }) => name);

  /**
   * @param {File[]} files
   * @param {Set<File>} [folders] which of them are folders, which look like files until one reads them
   */
  function choose(files, folders) {
    for (const file of files) {
      const trouble = folders?.has(file) ? "folder" : file.size > LARGEST ? "too-large" : file.size === 0 ? "empty" : undefined;
      const stage = trouble ? "refused" : "chosen";
      items.push({ id: ++last, file, name: trouble ? file.name : numbered(file.name, names()), stage, sent: 0, trouble });
    }
    changed();
  }

  /** @param {Item} gone */
  function remove(gone) {
    items = items.filter((item) => item !== gone);
    changed();
  }

  /** Those that arrived are done with as soon as others go. */
  function clear() {
    if (!isRunning) {
      items = items.filter(({ stage }) => stage !== "arrived");
    }
  }

  /** Sends what was chosen. @param {{ client?: string, name: string }} whose */
  function send(whose) {
    clear();
    for (const item of items.filter(({ stage }) => stage === "chosen")) {
      Object.assign(item, { whose, stage: "waiting", name: numbered(item.name, names(item)) });
    }
    run();
  }

  /** Tries all that did not arrive once more. */
  function retry() {
    clear();
    for (const item of items.filter(canBeTried)) {
      Object.assign(item, { stage: "waiting", sent: 0, trouble: undefined });
    }
    patience = MOST_TRIES;
    run();
  }

  /** @param {Item} item */
  function stop(item) {
    if (item.stopping) {
      item.stopping.abort();
    } else if (item.stage === "waiting") {
      Object.assign(item, { stage: "failed", trouble: "stopped" });
      changed();
    }
  }

  async function run() {
    changed();
    if (isRunning) {
      return;
    }
    isRunning = true;
    for (let item = next(); item; item = next()) {
      item.stopping = new AbortController();
      await bring(item, item.stopping.signal);
      item.stopping = undefined;
      changed();
    }
    isRunning = false;
    ended();
  }

  const next = () => items.find((item) => item.stage === "waiting");

  /**
   * @param {Item} item
   * @param {AbortSignal} stopped
   */
  async function bring(item, stopped) {
    for (let tries = 0, isOver = false; !isOver; ) {
      const stumble = await attempt(item, stopped).then(() => undefined, stumbled);
      const trouble = stopped.aborted ? "stopped" : stumble?.trouble;
      if (!stumble) {
        enter(item, "arrived");
        [patience, isOver] = [MOST_TRIES, true];
        continue;
      }
      // Only tries that had a line count.
      tries += navigator.onLine === false ? 0 : 1;
      if (isPassing(trouble) && tries < patience) {
        Object.assign(item, { sent: 0, trouble });
        changed();
        await pause(Math.min(500 * 2 ** Math.max(tries, 1), LONGEST_PAUSE_MS), stopped);
      } else {
        patience = isPassing(trouble) ? 1 : patience;
        // Without a session none of the others would come through either.
        const ended = trouble === "signed-out" ? items.filter(({ stage }) => stage === "waiting") : [];
        for (const one of [item, ...ended]) {
          Object.assign(one, { stage: isFinal(trouble) ? "refused" : "failed", trouble, why: stumble.why });
        }
        isOver = true;
      }
    }
  }

  /**
   * @param {Item} item
   * @param {AbortSignal} stopped
   */
  async function attempt(item, stopped) {
    const begun = (item.begun = await begin(item));
    if (stopped.aborted) {
      throw new Stumble("stopped");
    }
    if (!begun.isStored) {
      enter(item, "sending");
      await store(item, begun, stopped);
      begun.isStored = true;
    }
    enter(item, "checking");
    const params = { document: begun.document };
    const done = await call("post", "/api/documents/{document}/completion", { audience, stays: true, params, body: {} });
    if (done.state === "refused") {
      throw new Stumble("refused", done);
    }
  }

  /**
   * @param {Item} item
   * @param {Stage} stage
   */
  function enter(item, stage) {
    Object.assign(item, { stage, trouble: undefined });
    changed();
  }

  /**
   * Announces a file; one that was announced before goes on where it stopped.
   *
   * @param {Item} item
   * @returns {Promise<Begun>}
   */
  async function begin(item) {
    const { file, name, whose, begun } = item;
    if (begun && (begun.isStored || performance.now() < begun.until)) {
      return begun;
    }
    enter(item, "reading");
    const sha256 = await digest(file);
    const content_type = file.type || "application/octet-stream";
    const body = { name, size: file.size, content_type, sha256, client: whose?.client };
    const { document, upload } = await call("post", "/api/documents", { audience, stays: true, body });
    return { document, upload, until: performance.now() + upload.expires_in * 1000 - MARGIN_MS };
  }

  /**
   * @param {Item} item
   * @param {Begun} begun
   * @param {AbortSignal} stopped
   */
  async function store(item, begun, stopped) {
    const since = performance.now();
    const moved = (/** @type {number} */ bytes) => {
      item.sent = bytes;
      speed = bytes / (performance.now() - since);
      changed();
    };
    const answer = await put(begun.upload, item.file, moved, stopped);
    if (answer === "stalled") {
      throw new Stumble("stalled");
    }
    if (answer === 0) {
      // A browser tells nothing apart here; a file that changed or went cannot be read any more.
      await item.file.slice(0, 1).arrayBuffer().catch(unreadable);
      throw new Stumble("offline");
    }
    if (!ARRIVED.includes(answer)) {
      // An address that was refused is of no more use.
      item.begun = answer >= 500 ? begun : undefined;
      throw new Stumble("unavailable");
    }
  }

  /** Milliseconds that all that waits still takes, as far as can be told. */
  function left() {
    const waiting = items.filter(({ stage }) => ["waiting", "reading", "sending"].includes(stage));
    return speed > 0 ? waiting.reduce((bytes, { file, sent }) => bytes + file.size - sent, 0) / speed : 0;
  }

  return { choose, remove, send, retry, stop, left, items: () => items, isRunning: () => isRunning };
}

/** @param {unknown} cause @returns {Stumble} */
function stumbled(cause) {
  if (cause instanceof Stumble) {
    return cause;
  }
  if (!(cause instanceof Refusal)) {
    throw cause;
  }
  switch (cause.name) {
    case "offline":
      return new Stumble("offline");
    case "invalid-request":
      return new Stumble(cause.fields.client ? "other-account" : "refused", cause.problem);
    case "session-needed":
      return new Stumble("signed-out");
    default:
      return new Stumble(cause.retryAfter > LONG_S ? "too-many" : "unavailable");
  }
}

/** @returns {never} */
function unreadable() {
  throw new Stumble("unreadable");
}

/** Returns after a while, or as soon as there is a line again, or nobody waits any more. @param {number} ms @param {AbortSignal} stopped */
function pause(ms, stopped) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      resolve(undefined);
    };
    const timer = setTimeout(over, ms);
    addEventListener("online", over);
    stopped.addEventListener("abort", over);
  });
}

/**
 * The SHA-256 of a file, as hexadecimal digits.
 *
 * @param {File} file
 */
async function digest(file) {
  const bytes = await file.arrayBuffer().catch(unreadable);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

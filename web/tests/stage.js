/**
 * What a story plays on: a Postern of its own with an empty memory, and one browser.
 *
 * @import { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
 */

import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import { chromium } from "playwright-core";

import { comesToRest } from "./looks.js";
import { found, start } from "./postern.js";

/** The two screens that every story is played on. */
export const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };

/** A contact of the demo firm, ready for the portal. */
export const JANE = { email: "jane@example.com", gate: "6789", mobile: "+12525885772" };

/** For how long something may keep a story waiting. */
const PATIENCE_MS = 10_000;

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = "--disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run --disable-quic";

/** @typedef {{ id: string, at: string, channel: "sms" | "email", to: string, subject?: string, text: string, html?: string }} Message */

/** @type {Promise<Browser> | undefined} */
let launched;
let isLastThing = false;

/** The one browser of this process; each story has a profile of its own in it. */
function theBrowser() {
  launched ??= chromium.launch({
    executablePath: CHROMIUM,
    chromiumSandbox: false,
    args: QUIET.split(" "),
    // "Back" shows what the browser kept, as it does for people.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  return launched;
}

/** Ends the browser. */
export async function closeBrowser() {
  await (await launched)?.close();
  launched = undefined;
}

/**
 * A story, played on a phone and on a desktop.
 *
 * @param {string} name
 * @param {(stage: Stage) => Promise<void>} play
 * @param {BrowserContextOptions} [how]
 */
export function story(name, play, how = {}) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    storyOnce(`${name} (${size})`, play, { viewport, hasTouch: size === "phone", isMobile: size === "phone", ...how });
  }
}

/**
 * A story, played once.
 *
 * @param {string} name
 * @param {(stage: Stage) => Promise<void>} play
 * @param {BrowserContextOptions} how with a size, among others
 */
export function storyOnce(name, play, how) {
  if (!isLastThing) {
    after(closeBrowser);
    isLastThing = true;
  }
  const watched = async (/** @type {Stage} */ stage) => {
    try {
      await play(stage);
      stage.hasNoComplaints();
    } catch (error) {
      await stage.picture();
      throw error;
    }
  };
  test(name, { timeout: 120_000 }, () => onStage(how, watched));
}

/**
 * Sets a stage, and strikes it whatever happens on it.
 *
 * @param {BrowserContextOptions} how
 * @param {(stage: Stage) => Promise<void>} play
 */
export async function onStage(how, play) {
  const stage = await Stage.set(how);
  try {
    await play(stage);
  } finally {
    await stage.strike();
  }
}

export class Stage {
  /**
   * @param {Awaited<ReturnType<typeof start>>} postern
   * @param {BrowserContext} context
   * @param {BrowserContextOptions} how
   */
  constructor(postern, context, how) {
    this.postern = postern;
    this.url = postern.url;
    this.context = context;
    this.how = how;
    /** What browsers complained about. @type {string[]} */
    this.complaints = [];
    /** How many strangers called. */
    this.strangers = 0;
    /** @type {Set<BrowserContext>} */
    this.contexts = new Set();
    this.watch(context);
  }

  /** @param {BrowserContextOptions} how */
  static async set(how) {
    // What is started last is all that someone has to stop if it fails.
    const context = await (await theBrowser()).newContext({ locale: "en-US", ...how });
    return new Stage(await start(), context, how);
  }

  async strike() {
    await Promise.all([...this.contexts].map((context) => context.close()));
    await this.postern.stop();
    await rm(this.postern.data, { recursive: true, force: true });
  }

  /** Stops Postern without a warning, and starts it again on the same folder; it stands at another address then. */
  async restart() {
    await this.postern.stop();
    this.postern = await start(this.postern.data);
    this.url = this.postern.url;
  }

  /**
   * Another browser of the same kind, of someone else, on the same Postern.
   *
   * @param {BrowserContextOptions} [how]
   */
  async otherBrowser(how = {}) {
    const context = await (await theBrowser()).newContext({ locale: "en-US", ...this.how, ...how });
    this.watch(context);
    return context;
  }

  /** @param {BrowserContext} context */
  watch(context) {
    this.contexts.add(context);
    context.setDefaultTimeout(PATIENCE_MS);
    context.on("weberror", (error) => this.complaints.push(String(error.error().stack)));
    context.on("console", (message) => {
      // That a request was refused is a page's to say, and no complaint.
      if (["error", "warning"].includes(message.type()) && !message.text().startsWith("Failed to load resource")) {
        this.complaints.push(message.text());
      }
    });
  }

  hasNoComplaints() {
    if (this.complaints.length > 0) {
      throw new Error(`The browser complained:\n${this.complaints.join("\n")}`);
    }
  }

  /** Keeps what the pages show, for whoever looks for what went wrong. */
  async picture() {
    const pages = [...this.contexts].flatMap((context) => context.pages());
    for (const [index, page] of pages.entries()) {
      const file = path.join(tmpdir(), `postern-story-${process.pid}-${index}.png`);
      await page.screenshot({ path: file, fullPage: true }).then(() => console.error(`${page.url()} looked like ${file}`), () => {});
    }
  }

  /**
   * A new tab at `at`, a path after the origin.
   *
   * @param {string} at
   */
  async open(at, context = this.context) {
    const page = await context.newPage();
    await page.goto(this.url + at);
    return page;
  }

  /** Returns when all that was asked for so far has been sent, or has happened. */
  async settled() {
    await this.lab("settle");
  }

  /** Puts the product's clock forward; not that of browsers. @param {number} seconds */
  async advance(seconds) {
    await this.lab("clock", { advance_seconds: seconds });
  }

  /** Lets time go by, for the product and for pages whose clock the story holds. @param {number} seconds */
  async wait(seconds) {
    await this.advance(seconds);
    await this.context.clock.fastForward(seconds * 1000);
  }

  /**
   * Makes a call to AWS go wrong.
   *
   * @param {{ service: string, operation: string, nth?: number, mode: string, function?: string }} fault
   */
  async fault(fault) {
    await this.lab("faults", { nth: 1, ...fault });
  }

  /** Lets calls to AWS go well again. */
  async mend() {
    await this.lab("faults", undefined, "DELETE");
  }

  /**
   * @param {string} seam
   * @param {unknown} [body]
   */
  async lab(seam, body, method = "POST") {
    const answer = await fetch(`${this.url}/_local/${seam}`, { method, body: body ? JSON.stringify(body) : undefined });
    if (!answer.ok) {
      throw new Error(`${seam}: ${await answer.text()}`);
    }
  }

  /**
   * Everything that was "sent" to a mailbox or a phone, oldest first.
   *
   * @param {string} to
   * @returns {Promise<Message[]>}
   */
  async messages(to) {
    await this.settled();
    const answer = await fetch(`${this.url}/_local/outbox`, { headers: { accept: "application/json" } });
    return (await answer.json()).filter((/** @type {Message} */ message) => message.to === to);
  }

  /** The newest message. @param {string} to */
  async message(to) {
    const message = (await this.messages(to)).at(-1);
    if (!message) {
      throw new Error(`Nothing was sent to ${to}.`);
    }
    return message;
  }

  /** The code in the newest message. @param {string} to */
  async code(to) {
    return found(/\b\d{6}\b/, (await this.message(to)).text);
  }

  /** The link in the newest message, as a path after the origin. @param {string} to */
  async link(to) {
    return found(/https?:\/\/\S+#\S+/, (await this.message(to)).text).replace(this.url, "");
  }

  /** Lets the owner in, by the link that the first start prints. */
  async signInAsOwner(context = this.context) {
    const page = await this.open(this.postern.ownerLink, context);
    await page.getByRole("button", { name: /^Continu/ }).click();
    await page.waitForURL("**/demo/staff");
    return page;
  }

  /** Lets the owner in by a code: what loosens sign-in takes a fresh proof, and the link of the first start is none. */
  async signInAsOwnerByCode(context = this.context) {
    const page = await this.open("/demo/staff/sign-in", context);
    await this.signInAgain(page);
    return page;
  }

  /** Signs in as people do, Jane Smith or the owner, on the sign-in page that `page` shows or is about to show. @param {Page} page */
  async signInAgain(page) {
    await page.waitForURL("**/sign-in");
    const isStaff = page.url().includes("/staff/");
    await page.getByLabel("email address").fill(isStaff ? "owner@demo.test" : JANE.email);
    await page.getByRole("button", { name: "Continue" }).or(page.getByRole("button", { name: "Send me a code" })).click();
    if (!isStaff) {
      await page.getByLabel("Last 4").fill(JANE.gate);
      await page.getByRole("button", { name: "Send me a code" }).click();
    }
    await page.getByLabel("Code", { exact: true }).waitFor();
    await page.getByLabel("Code", { exact: true }).fill(await this.code(isStaff ? "owner@demo.test" : JANE.mobile));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
  }

  /**
   * Lets a client in by a code, without the pages of it.
   *
   * @param {{ email?: string, gate?: string, mobile?: string }} [who] Jane Smith of the demo firm, if no one else
   */
  async signInAsClient({ email = JANE.email, gate = JANE.gate, mobile = JANE.mobile } = {}, context = this.context) {
    const page = await this.open("/demo/sign-in", context);
    // Once it has found nobody signed in, it leads nowhere by itself.
    await comesToRest(page);
    const { challenge } = await this.call(page, "POST", "/api/firms/demo/challenges", { email, gate });
    await this.call(page, "POST", `/api/challenges/${challenge}/session`, { code: await this.code(mobile) });
    await page.goto(`${this.url}/demo`);
    return page;
  }

  /**
   * Has the owner invite Jane Smith, in a browser of their own.
   *
   * @returns {Promise<{ staff: Page, contact: string, link: string }>} the owner's page, and the path of the link in the mail
   */
  async inviteJane() {
    const staff = await this.signInAsOwner(await this.otherBrowser());
    const { contact } = await this.contact(staff, "Jane Smith");
    await this.call(staff, "POST", `/api/contacts/${contact}/invitations`, {});
    return { staff, contact, link: await this.link(JANE.email) };
  }

  /** The contact of this name, as the API has it. @param {Page} staff @param {string} name */
  async contact(staff, name) {
    const { items } = await this.call(staff, "GET", "/api/contacts");
    return items.find((/** @type {{ name: string }} */ contact) => contact.name === name);
  }

  /** Adds contacts of whom only the name is known. @param {Page} staff @param {string[]} names */
  async addContacts(staff, names) {
    await Promise.all(names.map((name) => this.call(staff, "POST", "/api/contacts", { name })));
  }

  /**
   * A call of the API as strangers make it, refused or not: from an address that nobody had before, if no other is given.
   *
   * @param {string} at
   * @param {unknown} body
   */
  async asStranger(at, body, address = `198.51.${(this.strangers += 1)}.7`) {
    const headers = { "content-type": "application/json", "x-lab-source-ip": address };
    const answer = await fetch(this.url + at, { method: "POST", headers, body: JSON.stringify(body) });
    return answer.json();
  }

  /**
   * Has a stranger ask for a code at `at`, and type another five times; unless a message says instead why none came. Tells whether one came.
   *
   * @param {string} at
   * @param {unknown} body
   * @param {string} to
   */
  async guesses(at, body, to) {
    const { challenge } = await this.asStranger(at, body);
    const [code] = /\b\d{6}\b/.exec((await this.message(to)).text) ?? [];
    for (let tries = 0; code && tries < 5; tries += 1) {
      await this.asStranger(`/api/challenges/${challenge}/session`, { code: code === "111111" ? "222222" : "111111" });
    }
    return Boolean(code);
  }

  /**
   * A call of the API with the cookies of `page`, for what a story does not tell.
   *
   * @param {Page} page
   * @param {string} method
   * @param {string} at
   * @param {unknown} [body]
   */
  async call(page, method, at, body) {
    const staff = new URL(page.url()).pathname.startsWith("/demo/staff");
    const headers = { "postern-audience": staff ? "staff" : "client", ...(body ? { "content-type": "application/json" } : {}) };
    const init = { method, headers, body: body ? JSON.stringify(body) : undefined };
    return page.evaluate(
      async ([url, init]) => {
        const answer = await fetch(url, init);
        const text = await answer.text();
        if (!answer.ok) {
          throw new Error(`${init.method} ${url}: ${answer.status} ${text}`);
        }
        return text ? JSON.parse(text) : undefined;
      },
      /** @type {const} */ ([at, init]),
    );
  }
}

/**
 * Every screen, in each state that is worth a look, and how to come to it. The contact sheet pictures them, and the account of
 * weights opens their addresses.
 *
 * @import { BrowserContext, Page } from "playwright-core"
 * @import { Stage } from "./stage.js"
 */

import { comesToRest } from "./looks.js";
import { paper } from "./mouse.js";
import { JANE } from "./stage.js";

/**
 * What the screens show: people of the demo firm after a busy morning.
 *
 * @typedef {object} Scene
 * @property {Stage} stage
 * @property {Record<"client" | "staff", BrowserContext>} as browsers of who is signed in
 * @property {Record<"jane" | "lee" | "millers", string>} contacts
 * @property {string} client the client that Jane acts for
 */

/**
 * @typedef {object} Screen
 * @property {string} name
 * @property {"client" | "stranger" | "staff"} as who looks
 * @property {string | ((scene: Scene) => string | Promise<string>)} at the path
 * @property {(page: Page, scene: Scene) => Promise<unknown>} [then] what is done there before it looks so
 */

const PROGRAM = { ...paper("invoice.pdf"), buffer: Buffer.from("MZ\0\0") };
const EMAIL = /email address|correo/;
const LAST_FOUR = /^Last 4|^Últimos 4/;

/** @param {Page} page */
const press = (page) => page.locator("form button:not([type=button])").first().click();
/** @param {Page} page @param {RegExp | string} label @param {string} text */
const type = (page, label, text) => page.getByLabel(label).first().fill(text);

/** @param {Page} page */
async function emailGiven(page, email = JANE.email) {
  await type(page, EMAIL, email);
  await press(page);
  await page.getByLabel(LAST_FOUR).waitFor();
}

/** @param {Page} page */
async function codeAsked(page, email = JANE.email) {
  await emailGiven(page, email);
  await type(page, LAST_FOUR, JANE.gate);
  await press(page);
  await page.locator("#code").waitFor();
}

/** A link to someone's mailbox. @param {Scene} scene @param {"jane" | "millers"} who */
async function linkOf({ stage, as, contacts }, who) {
  const page = await stage.open("/demo/staff", as.staff);
  await stage.call(page, "POST", `/api/contacts/${contacts[who]}/invitations`, { again: true });
  await page.close();
  return stage.link(`${who}@example.com`);
}

/** @param {Scene} scene */
const invitation = (scene) => linkOf(scene, "jane");

/** Goes past the first step of a link. @param {Page} page */
const goOn = (page) => page.locator("main button").first().click().then(() => page.getByLabel(LAST_FOUR).waitFor());

/** @param {Page} page @param {ReturnType<typeof paper>[]} files */
const choose = (page, ...files) => page.locator("#files").setInputFiles(files);

/** @param {Page} page @param {ReturnType<typeof paper>[]} files */
async function send(page, ...files) {
  await choose(page, ...files);
  await page.locator("section[aria-labelledby=to-send] > button").click();
}

/** @type {Screen[]} */
export const SCREENS = [
  { name: "front page", as: "stranger", at: "/" },
  { name: "client sign-in", as: "stranger", at: "/demo/sign-in" },
  { name: "client sign-in, no email", as: "stranger", at: "/demo/sign-in", then: press },
  { name: "client sign-in, last four", as: "stranger", at: "/demo/sign-in", then: (page) => emailGiven(page) },
  {
    name: "client sign-in, a saved password",
    as: "stranger",
    at: "/demo/sign-in",
    then: async (page) => {
      await emailGiven(page);
      await type(page, LAST_FOUR, "hunter2");
      await press(page);
      await page.locator(".wrong").waitFor();
    },
  },
  { name: "client sign-in, code", as: "stranger", at: "/demo/sign-in", then: (page) => codeAsked(page, "lee@example.com") },
  {
    name: "client sign-in, no code after two minutes",
    as: "stranger",
    at: "/demo/sign-in",
    then: async (page) => {
      await page.clock.install();
      await page.reload();
      await codeAsked(page, "millers@example.com");
      await page.clock.fastForward("02:30");
      await page.locator("details[open]").waitFor();
    },
  },
  {
    name: "client sign-in, a code of an hour ago",
    as: "stranger",
    at: "/demo/sign-in",
    then: async (page) => {
      await page.clock.install();
      await page.reload();
      await codeAsked(page, "someone@example.com");
      await page.clock.fastForward("11:00");
      await page.locator("#wait button").waitFor();
    },
  },
  {
    name: "client sign-in, five tries",
    as: "stranger",
    at: "/demo/sign-in",
    then: async (page) => {
      await codeAsked(page, "another@example.com");
      for (let left = 4; left >= 0; left -= 1) {
        await page.locator("#code").fill("000000");
        await press(page);
        await page.locator(left > 0 ? `.error:has-text("${left}")` : "#main:not(:has(#code))").waitFor();
      }
    },
  },
  { name: "link", as: "stranger", at: invitation },
  { name: "link, last four", as: "stranger", at: invitation, then: goOn },
  {
    name: "link, code",
    as: "stranger",
    at: invitation,
    then: async (page) => {
      await goOn(page);
      await page.locator("main .second").click();
      await page.locator("#code").waitFor();
    },
  },
  { name: "link, someone else", as: "stranger", at: invitation, then: (page) => page.locator("main .link").click() },
  { name: "link, signed in as someone else", as: "client", at: (scene) => linkOf(scene, "millers") },
  { name: "link, gone", as: "stranger", at: "/demo/link#no-such-link" },
  {
    name: "link, gone, fresh one",
    as: "stranger",
    at: "/demo/link#no-such-link",
    then: (page) => page.locator("main button").click().then(() => page.locator("main button").waitFor({ state: "detached" })),
  },
  { name: "client home", as: "client", at: "/demo" },
  { name: "client documents", as: "client", at: "/demo/documents" },
  {
    name: "client documents, chosen",
    as: "client",
    at: "/demo/documents",
    then: async (page) => {
      await choose(page, paper("image.jpg"), paper("image.jpg"), paper("Letter from the bank about the account in which the interest is.pdf"));
      await page.locator("#to-send").waitFor();
    },
  },
  {
    name: "client documents, on the way",
    as: "client",
    at: "/demo/documents",
    then: async (page) => {
      await page.route((url) => url.pathname.includes("documentsbucket"), () => {});
      await send(page, paper("Tax return 2024.pdf", 2_000_000), paper("1099-INT.pdf"));
      await page.locator("progress").waitFor();
    },
  },
  {
    name: "client documents, no line",
    as: "client",
    at: "/demo/documents",
    then: async (page) => {
      await page.route((url) => url.pathname.includes("documentsbucket"), (route) => route.abort());
      await send(page, paper("Tax return 2024.pdf"), paper("1099-INT.pdf"));
      await page.getByText(/Waiting for a connection|Esperando una conexión/).waitFor();
    },
  },
  {
    name: "client documents, sent",
    as: "client",
    at: "/demo/documents",
    then: async (page) => {
      await send(page, paper("Letter from the bank.pdf"), paper("1099-INT.pdf"), PROGRAM);
      await page.locator(".receipt").waitFor();
    },
  },
  { name: "client account", as: "client", at: "/demo", then: (page) => page.locator("[aria-controls=account]").click() },
  { name: "no such address", as: "stranger", at: "/demo/nothing" },
  { name: "no such firm", as: "stranger", at: "/nobody/sign-in" },
  {
    name: "client home, nothing works",
    as: "client",
    at: "/demo",
    then: async (page, { stage }) => {
      await stage.fault({ service: "dynamodb", operation: "GetItem", nth: 0, mode: "error" });
      await page.reload();
      await page.locator("main button").waitFor();
      await stage.mend();
    },
  },
  { name: "staff sign-in", as: "stranger", at: "/demo/staff/sign-in" },
  {
    name: "staff sign-in, code",
    as: "stranger",
    at: "/demo/staff/sign-in",
    then: (page) => type(page, EMAIL, "owner@demo.test").then(() => press(page)).then(() => page.locator("#code").waitFor()),
  },
  { name: "staff link", as: "stranger", at: ({ stage }) => stage.postern.ownerLink },
  { name: "staff link, gone", as: "stranger", at: "/demo/staff/link" },
  { name: "staff home", as: "staff", at: "/demo/staff" },
  { name: "staff contacts", as: "staff", at: "/demo/staff/contacts" },
  { name: "staff contacts, none found", as: "staff", at: "/demo/staff/contacts?q=nobody" },
  { name: "staff new contact", as: "staff", at: "/demo/staff/contacts/new" },
  {
    name: "staff new contact, email taken",
    as: "staff",
    at: "/demo/staff/contacts/new",
    then: async (page) => {
      await page.locator("#name").fill("John Smith");
      await page.locator("#email").fill(JANE.email);
      await page.locator("#digits-0").fill("1234");
      await press(page);
      await page.locator(".ways").waitFor();
    },
  },
  { name: "staff contact", as: "staff", at: ({ contacts }) => `/demo/staff/contacts/${contacts.jane}` },
  { name: "staff contact, not set up", as: "staff", at: ({ contacts }) => `/demo/staff/contacts/${contacts.lee}` },
  { name: "staff contact, edited", as: "staff", at: ({ contacts }) => `/demo/staff/contacts/${contacts.millers}?edit=details` },
  { name: "staff people", as: "staff", at: "/demo/staff/people" },
  {
    name: "staff people, invited",
    as: "staff",
    at: "/demo/staff/people",
    then: (page) => page.locator("main .buttons button").first().click().then(() => page.locator("#role").waitFor()),
  },
  { name: "devices", as: "client", at: "/demo/devices" },
  { name: "two-factor", as: "client", at: "/demo/two-factor" },
  {
    name: "two-factor, set up",
    as: "client",
    at: "/demo/two-factor",
    then: (page) => page.locator("main .buttons button").first().click().then(() => page.locator("#code").waitFor()),
  },
  { name: "staff devices", as: "staff", at: "/demo/staff/devices" },
  { name: "staff two-factor", as: "staff", at: "/demo/staff/two-factor" },
  { name: "staff settings", as: "staff", at: "/demo/staff/settings" },
  { name: "staff access log", as: "staff", at: "/demo/staff/access-log" },
  { name: "staff access log, none found", as: "staff", at: "/demo/staff/access-log?outcome=pin-mismatch" },
  {
    name: "staff documents of a client",
    as: "staff",
    at: ({ client, contacts }) => `/demo/staff/clients/${client}/documents?contact=${contacts.jane}`,
  },
  { name: "outbox", as: "stranger", at: "/_local/outbox", then: (page) => page.getByRole("group").first().waitFor() },
];

/**
 * Sets the scene: Jane has mistyped her last four, got in, and sent something.
 *
 * @param {Stage} stage
 * @returns {Promise<Scene>}
 */
export async function setTheScene(stage) {
  const as = { client: await stage.otherBrowser(), staff: await stage.otherBrowser() };
  const owner = await stage.signInAsOwner(as.staff);
  const people = ["Jane Smith", "Lee Park", "Sam and Robin Miller"].map((name) => stage.contact(owner, name));
  const [jane, lee, millers] = await Promise.all(people);
  const scene = { stage, as, contacts: { jane: jane.contact, lee: lee.contact, millers: millers.contact }, client: jane.clients[0].client };
  await invitation(scene);
  const door = await stage.open("/demo/sign-in", as.client);
  await stage.call(door, "POST", "/api/firms/demo/challenges", { email: JANE.email, gate: "6798" });
  await stage.settled();
  const page = await stage.signInAsClient({}, as.client);
  await page.goto(`${stage.url}/demo/documents`);
  await send(page, paper("W-2 2025.pdf"));
  await page.locator(".receipt").waitFor();
  await stage.settled();
  await Promise.all([owner, door, page].map((one) => one.close()));
  return scene;
}

/**
 * Opens a screen in the browser of who looks at it; a stranger has a new one each time.
 *
 * @param {Screen} screen
 * @param {Scene} scene
 */
export async function open(screen, scene) {
  const at = typeof screen.at === "string" ? screen.at : await screen.at(scene);
  const context = screen.as === "stranger" ? await scene.stage.otherBrowser() : scene.as[screen.as];
  const page = await scene.stage.open(at, context);
  await page.locator("h1").waitFor();
  await screen.then?.(page, scene);
  await comesToRest(page);
  return page;
}
